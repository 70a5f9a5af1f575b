import { follow, root, clock } from "./live.js";

const STEP = 15 * 60000;
const box = document.getElementById("curve");
let chart = null;

function draw(curve) {
  if (!window.echarts || !curve) return;
  chart ??= window.echarts.init(box, null, { renderer: "canvas" });
  const style = getComputedStyle(root);
  const text = { color: style.getPropertyValue("--ink"), fontSize: 16, fontFamily: style.fontFamily };
  const lines = { lineStyle: { color: style.getPropertyValue("--line") } };
  const width = 3;
  chart.setOption({
    animation: false,
    textStyle: text,
    grid: { left: 56, right: 24, top: 40, bottom: 32 },
    legend: { top: 0, textStyle: text, itemWidth: 40 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: Array.from({ length: curve.steps }, (_, i) => clock(curve.start + i * STEP)), axisLabel: text },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: lines },
    series: [
      { name: "取号 arrivals", type: "bar", data: curve.arrivals, itemStyle: { color: "#9db8d9" } },
      { name: "等候 waiting", type: "line", data: curve.waiting, symbol: "circle", symbolSize: 8, lineStyle: { width, color: "#93101d" }, itemStyle: { color: "#93101d" } },
      ...(curve.week_ago.length ? [{ name: "上周等候 a week ago", type: "line", data: curve.week_ago, symbol: "none", lineStyle: { width: 2, type: "dotted", color: "#5b6b82" }, itemStyle: { color: "#5b6b82" } }] : []),
      { name: "办结 served", type: "line", data: curve.served, symbol: "rect", symbolSize: 8, lineStyle: { width, type: "dashed", color: "#12263f" }, itemStyle: { color: "#12263f" } },
    ],
  });
}

addEventListener("resize", () => chart?.resize());
addEventListener("DOMContentLoaded", () => draw(JSON.parse(root.dataset.curve)));
if (document.readyState !== "loading") draw(JSON.parse(root.dataset.curve));
follow(["overview"], { snapshot: (payload) => draw(payload.data) });
