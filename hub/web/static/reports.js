// The charts of a report; every number they draw also stands in a table.
const root = document.documentElement;
const given = root.dataset.charts ? JSON.parse(root.dataset.charts) : null;
const drawn = [];

const style = getComputedStyle(root);
const text = { color: style.getPropertyValue("--ink"), fontSize: 16, fontFamily: style.fontFamily };
const split = { lineStyle: { color: style.getPropertyValue("--line") } };
const BARS = ["#9db8d9", "#5b7fb0"];
const LINES = [
  { color: "#12263f", type: "solid", symbol: "circle" },
  { color: "#93101d", type: "dashed", symbol: "rect" },
  { color: "#6b4300", type: "dotted", symbol: "triangle" },
];

function lines(chart) {
  const named = (code) => given.names[code];
  return {
    animation: false,
    textStyle: text,
    grid: { left: 60, right: 60, top: 88, bottom: 8, containLabel: true },
    legend: { top: 0, textStyle: text, itemWidth: 36 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: chart.names, axisLabel: { ...text, hideOverlap: true, rotate: chart.names.some((name) => name.length > 7) ? 40 : 0 } },
    yAxis: [
      { type: "value", name: "人次 tickets", minInterval: 1, nameTextStyle: text, axisLabel: text, splitLine: split },
      { type: "value", name: "分钟 minutes", minInterval: 1, nameTextStyle: text, axisLabel: text, splitLine: { show: false } },
    ],
    series: [
      ...chart.bars.map(([code, data], at) => ({ name: named(code), type: "bar", data, itemStyle: { color: BARS[at] } })),
      ...chart.lines.map(([code, data], at) => ({
        name: named(code), type: "line", yAxisIndex: 1, data, symbol: LINES[at].symbol, symbolSize: 9,
        lineStyle: { width: 3, color: LINES[at].color, type: LINES[at].type }, itemStyle: { color: LINES[at].color },
      })),
    ],
  };
}

function draw() {
  if (!window.echarts || !given) return;
  for (const box of document.querySelectorAll("[data-chart]")) {
    const chart = given.shown[box.dataset.chart];
    if (!chart) continue;
    const made = window.echarts.init(box, null, { renderer: "canvas" });
    made.setOption(lines(chart));
    drawn.push(made);
  }
}

addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
if (document.readyState === "complete" || window.echarts) draw();
else addEventListener("DOMContentLoaded", draw);
