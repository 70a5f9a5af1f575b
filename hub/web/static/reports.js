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
    grid: { left: 60, right: 60, top: 64, bottom: 8, containLabel: true },
    legend: { top: 0, textStyle: text, itemWidth: 36 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: chart.names, axisLabel: { ...text, hideOverlap: true, rotate: chart.names.some((name) => name.length > 6) ? 40 : 0 } },
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

function heat(chart) {
  const most = Math.max(30, ...chart.cells.map((cell) => cell[2]));
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 24, top: 8, bottom: 56, containLabel: true },
    tooltip: { formatter: ({ value: [column, row, mean, count] }) => `${chart.rows[row]} ${chart.columns[column]}：${mean} min × ${count}` },
    xAxis: { type: "category", data: chart.columns, axisLabel: text },
    yAxis: { type: "category", inverse: true, data: chart.rows, axisLabel: { ...text, interval: 0, fontSize: 14 } },
    visualMap: { min: 0, max: most, calculable: false, orient: "horizontal", left: "center", bottom: 0, textStyle: text, text: [`${Math.round(most)} min`, "0"], dimension: 2, inRange: { color: ["#eef4fb", "#9db8d9", "#2f5f9e", "#12263f"] } },
    series: [{ type: "heatmap", data: chart.cells.map(([column, row, mean, count]) => ({ value: [column, row, mean, count], label: { color: mean > most * 0.45 ? "#ffffff" : "#12263f" } })), label: { show: true, formatter: ({ value }) => Math.round(value[2]), fontSize: 14 } }],
  };
}

function draw() {
  if (!window.echarts || !given) return;
  for (const box of document.querySelectorAll("[data-chart]")) {
    const chart = given.shown[box.dataset.chart];
    if (!chart) continue;
    if (chart.rows) box.style.height = `${Math.max(340, chart.rows.length * 24 + 100)}px`;
    const made = window.echarts.init(box, null, { renderer: "canvas" });
    made.setOption(chart.rows ? heat(chart) : lines(chart));
    drawn.push(made);
  }
}

addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
if (document.readyState === "complete" || window.echarts) draw();
else addEventListener("DOMContentLoaded", draw);
