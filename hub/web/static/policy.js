import { act, say, refusal } from "./acts.js";

const ASK_MS = 250;
const $ = (id) => document.getElementById(id);
const root = document.documentElement;
const draft = $("draft"), said = $("said"), bar = $("progress"), result = $("result"), go = $("try");
const inputs = () => draft.querySelectorAll("[data-path]");
const drawing = $("chart").parentElement;
let chart = null;

function policy() {
  const made = JSON.parse(root.dataset.base);
  for (const input of inputs()) {
    const parts = input.dataset.path.split(".");
    const last = parts.pop();
    const holder = parts.reduce((held, part) => held[part], made);
    holder[last] = input.type === "checkbox" ? input.checked : input.value === "" ? null : Number(input.value);
  }
  return made;
}

function mark(fields) {
  const wrong = new Set((fields || "").split(",").map((path) => path.replaceAll("[", ".").replaceAll("]", "")));
  let first = null;
  for (const input of inputs()) {
    const bad = wrong.has(input.dataset.path);
    input.toggleAttribute("aria-invalid", bad);
    if (bad) {
      input.setAttribute("aria-invalid", "true");
      first ??= input;
    }
  }
  first?.focus();
}

function refused(answer) {
  refusal(said, answer);
  mark(answer.data?.facts?.fields);
}

function draw(data) {
  if (!window.echarts) return;
  chart ??= window.echarts.init($("chart"), null, { renderer: "canvas" });
  const style = getComputedStyle(root);
  const text = { color: style.getPropertyValue("--ink"), fontSize: 15, fontFamily: style.fontFamily };
  const fills = [["#8ea4c2", "#4a5d75"], ["#f0b36b", "#8a4b00"]];
  const series = data.names.flatMap((name, n) => [
    { name: `${name} p90`, type: "bar", data: data.p90[n], itemStyle: { color: fills[n][0] }, barGap: "15%", barCategoryGap: "25%", label: { show: true, position: "right", color: text.color, fontSize: 13, formatter: (each) => Math.round(each.value) } },
    { name: `${name} p50`, type: "scatter", symbol: n ? "diamond" : "rect", symbolSize: n ? 13 : [6, 14], symbolOffset: [0, n ? 8 : -8], data: data.p50[n], itemStyle: { color: fills[n][1] } },
  ]);
  chart.setOption({
    animation: false,
    textStyle: text,
    grid: { left: 150, right: 60, top: 64, bottom: 28 },
    legend: { top: 0, textStyle: text },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    yAxis: { type: "category", inverse: true, data: data.groups, axisLabel: { ...text, interval: 0 } },
    xAxis: { type: "value", axisLabel: text, splitLine: { lineStyle: { color: style.getPropertyValue("--line") } } },
    series,
  }, true);
  chart.resize();
}

const later = (ms) => new Promise((done) => setTimeout(done, ms));

async function follow(id) {
  for (;;) {
    const answer = await fetch(`/policy/trials/${id}`, { headers: { Accept: "application/json" } });
    const data = await answer.json();
    if (!answer.ok) return refused({ data });
    bar.value = data.share;
    if (data.failed) return say(said, data.failed.zh, data.failed.en, "alarm");
    if (data.html !== undefined) {
      $("figures").innerHTML = data.html;
      $("figures").firstElementChild.after(drawing);
      result.hidden = false;
      draw(data.chart);
      const verdict = $("figures").querySelector(".verdict");
      return say(said, verdict ? verdict.firstChild.textContent : "完成", "done; figures below");
    }
    await later(ASK_MS);
  }
}

draft.addEventListener("submit", async (event) => {
  event.preventDefault();
  go.disabled = true;
  mark("");
  bar.value = 0;
  bar.hidden = false;
  say(said, "正在试算…", "trying…");
  try {
    const answer = await act("/policy/trials", { day: $("day").value, policy: policy() }, { tries: 3 });
    if (answer.ok) await follow(answer.data.id);
    else refused(answer);
  } catch {
    say(said, "服务器没有应答，请重试。", "No answer from the server; try again.", "alarm");
  } finally {
    bar.hidden = true;
    go.disabled = false;
  }
});

$("publish")?.addEventListener("click", () => {
  if (draft.reportValidity()) $("confirm").showModal();
});
$("confirm")?.addEventListener("close", async () => {
  const effective = $("confirm").returnValue;
  $("confirm").returnValue = "";
  if (!effective) return;
  const answer = await act("/api/v1/policy", { policy: policy(), seen: Number(root.dataset.version), effective }, { tries: 3 });
  if (!answer.ok) return refused(answer);
  say(said, `已发布第 ${answer.data.version} 版，自 ${answer.data.from_day} 起生效。`, `Version ${answer.data.version} is published, in force from ${answer.data.from_day}.`);
  root.dataset.version = answer.data.version;
});
addEventListener("resize", () => chart?.resize());
