// The attendant's tablet: lists that follow the hall, and a sheet for each act. An act is two taps.
import { follow, refollow, root, wake } from "./live.js";
import { act, say, refusal } from "./acts.js";
import { issuing } from "./attend_issue.js";
import { hand } from "./attend_hand.js";

const $ = (id) => document.getElementById(id);
const channel = `attend/${root.dataset.floor}`;
const CALM = 350;
const ENDED = ["finished", "abandoned", "void", "expired"];
const STATES = { waiting: "等候", called: "已叫号", serving: "办理中", missed: "已过号", parked: "挂起", finished: "已办结", abandoned: "已弃号", void: "已作废", expired: "已清号" };
const person = $("person"), note = document.querySelector("#note-form [name=note]");
let busy = false, moved = -Infinity, who = null;

// The second tap of a double tap lands on what the first one opened: it does not count.
const calm = () => performance.now() - moved > CALM;
const quiet = (dialog) => {
  const said = dialog.querySelector(".said");
  said?.replaceChildren();
  if (said) said.className = "said";
};
function open(id) {
  for (const other of document.querySelectorAll("dialog[open]")) other.close();
  moved = performance.now();
  const dialog = $(id);
  quiet(dialog);
  dialog.showModal();
}
function close() {
  moved = performance.now();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
const told = (zh, en, kind) => say($("said"), zh, en, kind);

// One act at a time; what is refused is said where it was asked, and the sheet stays as it is.
async function perform(path, body, done, { method, failed } = {}) {
  if (busy) return;
  busy = true;
  const sheet = document.querySelector("dialog[open]");
  const said = () => (sheet?.open && sheet.querySelector(".said")) || $("said");
  const answer = await act(path, body, { method, waiting: () => say(said(), "服务器暂时没有应答，正在重试。", "No answer yet, trying again.", "attention") });
  busy = false;
  if (answer.status === 401) return location.assign("/sign-in?next=/attend");
  if (!answer.ok) {
    failed?.(answer);
    return refusal(said(), answer);
  }
  wake();
  done(answer.data);
}

const span = (wait) => (!wait ? "" : wait.p90 === 0 ? "不用等" : `约 ${wait.p50 === wait.p90 ? wait.p50 : `${wait.p50}–${wait.p90}`} 分钟`);
const printer = () => $("kiosk").selectedOptions[0]?.dataset.printer || "";

function show(ticket) {
  who = ticket;
  $("person-number").textContent = ticket.number;
  $("person-what").textContent = ticket.what;
  note.value = sessionStorage.getItem(`note/${ticket.ticket}`) ?? (ticket.note || "");
  open("person");
  draw();
}

function draw() {
  $("person-state").textContent = STATES[who.state] || who.state;
  const ended = ENDED.includes(who.state), paper = printer() || who.printer;
  const can = { reinstate: who.state === "missed", absent: who.state === "called", escort: !ended, reprint: !ended && !!paper, abandon: !ended && who.state !== "serving" };
  for (const button of person.querySelectorAll("[data-do]")) button.disabled = !can[button.dataset.do];
  person.querySelector("[data-do=escort]").setAttribute("aria-pressed", String(who.escort));
  for (const seat of person.querySelectorAll("[data-seat]")) {
    seat.disabled = ended;
    seat.setAttribute("aria-pressed", String(seat.dataset.seat === who.note));
  }
}

const DOES = {
  reinstate: (it) => ["reinstate", {}, (reply) => [`${it.number} 已补号，前面 ${reply.ahead} 人 ${span(reply.wait_minutes)}，${reply.floor} 层`, `reinstated, ${reply.ahead} ahead`]],
  absent: (it) => ["absent", {}, () => [`${it.number} 不在，窗口可以过号了`, "not here: the window may miss it"]],
  escort: (it) => ["flag", { escort: !it.escort }, () => (it.escort ? [`${it.number} 不用陪同了`, "no escort"] : [`${it.number} 陪同`, "escort"])],
  reprint: (it) => ["reprint", { printer: printer() || it.printer }, () => [`${it.number} 正在补打`, "printing again"]],
  abandon: (it) => ["abandon", { why: "引导员代为弃号" }, () => [`${it.number} 已弃号`, "given up"]],
};
function does(name) {
  const it = { ...who };
  const [path, body, words] = DOES[name](it);
  perform(`/api/v1/tickets/${it.ticket}/${path}`, body, (reply) => done(words(reply), it.ticket));
}
function seat(text) {
  const { ticket, number } = who;
  perform(`/api/v1/tickets/${ticket}/flag`, { note: text }, () => {
    sessionStorage.removeItem(`note/${ticket}`);
    done(text ? [`${number}：${text}`, "noted"] : [`${number} 座位已清除`, "note cleared"], ticket);
  });
}
// A late answer does not close the sheet of somebody else.
function done([zh, en], ticket) {
  if (!ticket || !person.open || who.ticket === ticket) close();
  told(`✓ ${zh}`, en);
}

const row = (data) => ({ ...data, escort: data.escort === "true" });
const issue = issuing({ open, perform, show, watch: (ticket) => refollow(ticket ? [channel, `ticket/${ticket}`] : [channel]) });
const entry = hand({ open, perform, done });

addEventListener("click", (event) => {
  const pressed = event.target.closest("button,a");
  if (!pressed) return;
  if (event.detail && !calm()) return event.preventDefault();
  const data = pressed.dataset;
  if (pressed.matches(".person")) show(row(data));
  else if (data.do) does(data.do);
  else if (data.seat) seat(data.seat === who.note ? "" : data.seat);
  else if (pressed.id === "open-find") open("find");
  else if (pressed.id === "open-lists") open("lists");
  else if (pressed.id === "open-hand") entry.open();
  else if (issue.pressed(pressed)) return;
  else if ("close" in data) close();
});
for (const dialog of document.querySelectorAll("dialog")) dialog.addEventListener("close", () => issue.closed(dialog));

note.addEventListener("input", () => sessionStorage.setItem(`note/${who.ticket}`, note.value));
$("note-form").addEventListener("submit", (event) => {
  event.preventDefault();
  seat(note.value.trim());
});
$("find-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = event.target.number.value.trim().toUpperCase();
  perform(`/api/v1/tickets/${encodeURIComponent(number)}`, undefined, (found) => {
    event.target.reset();
    show({ ...found, what: document.querySelector(`#take-${found.category} .name`)?.textContent || found.category });
  }, { method: "GET" });
});

// Buttons keep their places; only what can be done changes with the hall.
function refresh() {
  const shown = person.open && document.querySelector(`.person[data-ticket="${who.ticket}"]`);
  if (!shown) return;
  Object.assign(who, row(shown.dataset));
  draw();
}

follow([channel], {
  snapshot(payload, from) {
    issue.printed(payload, from);
    refresh();
  },
});
