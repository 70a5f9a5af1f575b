import { act, say, refusal } from "./acts.js";

const root = document.documentElement;
const form = document.getElementById("step");
const said = document.getElementById("said");
let busy = false;

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const pressed = event.submitter;
  if (busy || !pressed) return;
  busy = true;
  const words = form.elements.words?.value.trim() ?? "";
  const body = { ...JSON.parse(pressed.dataset.body), words };
  const answer = await act(`/api/v1/rectifications/${form.dataset.ticket}/${pressed.dataset.act}`, body, {
    waiting: () => say(said, "服务器没有应答，正在重试", "no answer yet, trying again", "attention"),
  });
  busy = false;
  if (answer.ok) {
    // The case stays open on the page, wherever it stands in the list now.
    const here = `/ratings/${form.dataset.ticket}`;
    return location.pathname === here ? location.reload() : location.assign(here + location.search);
  }
  refusal(said, answer);
  form.elements.words?.focus();
});

const box = document.getElementById("chart");
let chart = null;

function draw() {
  if (!window.echarts || !box) return;
  const months = JSON.parse(root.dataset.chart);
  const style = getComputedStyle(root);
  const text = { color: style.getPropertyValue("--ink"), fontSize: 16, fontFamily: style.fontFamily };
  const bar = (name, key, color, decal) => ({ name, type: "bar", stack: "cases", barMaxWidth: 40, data: months.map((m) => m[key]), itemStyle: { color, decal } });
  chart ??= window.echarts.init(box, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: text,
    grid: { left: 56, right: 72, top: 48, bottom: 32 },
    legend: { top: 0, textStyle: text, itemWidth: 40 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: months.map((m) => m.month), axisLabel: text },
    yAxis: [
      { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: style.getPropertyValue("--line") } } },
      { type: "value", max: 100, min: (value) => Math.max(0, Math.floor((value.min - 5) / 10) * 10), axisLabel: { ...text, formatter: "{value}%" }, splitLine: { show: false } },
    ],
    series: [
      bar("按期办结 on time", "on_time", "#9db8d9"),
      bar("期限内未办结 open in time", "open", "#e3e9f1", { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 5], rotation: 0.8, color: "#4a5d75" }),
      bar("逾期 overdue", "overdue", "#93101d"),
      { name: "满意率 satisfaction", type: "line", yAxisIndex: 1, data: months.map((m) => m.share), symbol: "circle", symbolSize: 8, lineStyle: { width: 3, color: "#12263f" }, itemStyle: { color: "#12263f" } },
    ],
  });
}

addEventListener("resize", () => chart?.resize());
if (document.readyState === "loading") addEventListener("DOMContentLoaded", draw);
else draw();
