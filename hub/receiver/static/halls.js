// Asks every three seconds; after ten seconds without an answer the page says since when it is old.
const EVERY = 3000, OLD = 10000;
const $ = (id) => document.getElementById(id);
let answered = null;

function made(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function both(element, zh, en) {
  const english = made("span", en);
  english.lang = "en";
  element.append(zh, " ", english);
  return element;
}

const flag = (zh, en, kind) => both(made("span", undefined, `flag ${kind ?? ""}`.trim()), zh, en);
const count = (number) => number.toLocaleString("en");

function span(ms, ago = "前") {
  if (ms < 0) return ["从未", "never"];
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return [`${seconds} 秒${ago}`, `${seconds} s`];
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return [`${minutes} 分钟${ago}`, `${minutes} min`];
  const hours = Math.round(minutes / 60);
  if (hours < 48) return [`${hours} 小时${ago}`, `${hours} h`];
  return [`${Math.round(hours / 24)} 天${ago}`, `${Math.round(hours / 24)} days`];
}

// a bar of the backlog beside the largest one, its root taken so that small ones can be seen
function bar(backlog, largest, silent) {
  const cell = made("td"), box = made("div", undefined, "drawn");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 120 12");
  svg.setAttribute("aria-hidden", "true");
  const width = largest ? Math.max(backlog ? 2 : 0, 118 * Math.sqrt(backlog / largest)) : 0;
  for (const [name, size] of [["whole", 118], ["part", width]]) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [key, value] of Object.entries({ x: 1, y: 1, width: size, height: 10 })) rect.setAttribute(key, value);
    rect.setAttribute("class", name);
    svg.append(rect);
  }
  // a hall that is silent has more to send than it last said
  box.append(svg, silent ? both(made("span"), `≥ ${count(backlog)}`, "at least") : made("span", count(backlog)));
  cell.append(box);
  return cell;
}

function state(hall) {
  const cell = made("td", undefined, "state");
  if (hall.forked) cell.append(flag("历史分叉", "forked", "alarm"));
  if (hall.stale) cell.append(flag(`失联 ${span(hall.silent_ms, "")[0]}`, `silent ${span(hall.silent_ms)[1]}`, "alarm"));
  else if (hall.backlog) cell.append(flag("补传中", "catching up", "attention"));
  else if (!hall.position) cell.append(flag("已接入", "joined"));
  else cell.append(flag("同步", "in step"));
  if (hall.restores) cell.append(flag(`恢复 ${hall.restores} 次，作废 ${count(hall.left)} 条`, "restored", "attention"));
  if (hall.parked) cell.append(flag(`搁置 ${count(hall.parked)}`, "parked", "attention"));
  return cell;
}

function row(hall, largest) {
  const line = made("tr"), name = made("th", hall.hall);
  name.scope = "row";
  line.append(name, state(hall), made("td", count(hall.position), "n"));
  for (const ms of [hall.age_ms, hall.arrived_ms]) line.append(both(made("td", undefined, "n"), ...span(ms)));
  line.append(bar(hall.backlog, largest, hall.stale), made("td", count(hall.waiting), "n"));
  return line;
}

function show(told) {
  $("halls").replaceChildren(...told.halls.map((hall) => row(hall, told.largest_backlog)));
  $("none").hidden = told.halls.length > 0;
  const sum = (field) => told.halls.reduce((all, hall) => all + hall[field], 0);
  $("sum-halls").textContent = count(told.halls.length);
  $("sum-stale").textContent = count(told.halls.filter((hall) => hall.stale).length);
  for (const field of ["backlog", "waiting", "parked"]) $(`sum-${field}`).textContent = count(sum(field));
  $("parked-card").hidden = told.parked.length === 0;
  $("parked").replaceChildren(...told.parked.map((entry) => {
    const line = made("tr"), name = made("th", entry.hall);
    name.scope = "row";
    line.append(name, made("td", count(entry.position), "n"), made("td", entry.type), made("td", entry.why, "why"));
    return line;
  }));
}

function age() {
  const old = answered !== null && Date.now() - answered > OLD;
  document.documentElement.toggleAttribute("data-stale", old);
  if (answered === null) return;
  const at = new Date(answered).toLocaleTimeString("zh-CN", { hour12: false });
  const [zh, en] = old ? [`${at} 以后没有新的数据`, `nothing new since ${at}`] : [`${at} 的数据`, `as of ${at}`];
  if ($("fresh").dataset.said === zh) return;
  $("fresh").dataset.said = zh;
  $("fresh").replaceChildren();
  both($("fresh"), zh, en);
}

async function ask() {
  try {
    const answer = await fetch("/overview.json", { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (answer.ok) {
      show(await answer.json());
      answered = Date.now();
    }
  } catch { /* the next one may be answered; the row above says how old this is */ }
  age();
  setTimeout(ask, EVERY);
}

setInterval(age, 1000);
ask();
