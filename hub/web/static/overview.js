import { follow, root, clock, hubNow } from "./live.js";
import { act, say, refusal } from "./acts.js";

const STEP = 15 * 60000;
const $ = (id) => document.getElementById(id);
const box = $("curve"), said = $("said"), ask = $("ask"), freezing = $("freezing"), sheet = $("window");
let chart = null, intent = null, looked = null;

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
    grid: { left: 48, right: 24, top: 34, bottom: 26 },
    legend: { top: 0, textStyle: text, itemWidth: 28, itemGap: 8 },
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

// Every act is looked at before it is done: a button opens the question, and only its answer posts.
async function perform(path, body) {
  say(said, "正在执行…", "");
  const answer = await act(`/api/v1/${path}`, body, { tries: 3 });
  if (answer.ok) say(said, "已执行 ✓", "done");
  else if (answer.status === 401) location.assign(`/sign-in?next=${location.pathname}`);
  else refusal(said, answer);
  return answer;
}

function confirm(zh, en, path, body) {
  intent = { path, body };
  say($("ask-title"), zh, en);
  $("ask-title").className = "";
  ask.showModal();
}

ask.addEventListener("submit", (event) => event.submitter?.value === "yes" && perform(intent.path, intent.body));

const cell = () => $(`w-${looked}`).dataset;

function look(number) {
  looked = number;
  $("window-title").textContent = `${number} 号窗口`;
  $("window-facts").textContent = cell().facts;
  const served = cell().categories.split(" ");
  for (const letter of sheet.querySelectorAll("[name=categories]")) letter.checked = served.includes(letter.value);
  sheet.showModal();
}

async function arrange(name, body) {
  sheet.close();
  const answer = await perform(`windows/${looked}/${name}`, body);
  if (answer.data?.code === "roster-floor") {
    const { zh, en } = answer.data.detail;
    confirm(`${zh}仍要执行？`, `${en} Do it anyway?`, `windows/${looked}/${name}`, { ...body, anyway: true });
  }
}

const onSubmit = (id, run) => $(id)?.addEventListener("submit", (event) => {
  event.preventDefault();
  run(new FormData(event.target), event.target);
});
onSubmit("pausing", (form) => arrange("pause", { why: form.get("why") }));
onSubmit("skills", (form) => {
  const hours = +form.get("hours");
  const until = hours ? new Date(hubNow() + hours * 3600000).toISOString() : null;
  arrange("reskill", { categories: form.getAll("categories"), until });
});
$("restore")?.addEventListener("click", () => arrange("reskill", {}));
$("freeze")?.addEventListener("click", () => freezing.showModal());
freezing?.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  freezing.close();
  perform("day/freeze", { why: new FormData(event.target).get("why") });
});

addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-path],[data-cell],[data-close],[data-window-act]");
  if (!pressed) return;
  const { path, body, zh, en, windowAct } = pressed.dataset;
  if (path) confirm(zh, en, path, JSON.parse(body));
  else if (windowAct) arrange(windowAct, {});
  else if (pressed.dataset.cell) look(pressed.dataset.cell);
  else pressed.closest("dialog").close();
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (document.querySelector("dialog[open]") || event.target.matches("input,select,textarea")) return;
  document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
});

addEventListener("resize", () => chart?.resize());
addEventListener("DOMContentLoaded", () => draw(JSON.parse(root.dataset.curve)));
if (document.readyState !== "loading") draw(JSON.parse(root.dataset.curve));
follow(["overview"], {
  snapshot(payload) {
    draw(payload.data);
    chart?.resize();
  },
});
