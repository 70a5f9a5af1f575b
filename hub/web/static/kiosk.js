import { follow, refollow, root, clock, hubNow } from "./live.js";
import { act, say, refusal } from "./acts.js";
import { chooser } from "./chooser.js";
import { booking } from "./kiosk_booking.js";

const QUIET = 30000;
const $ = (id) => document.getElementById(id);
const device = root.dataset.device;
const channel = `kiosk/${device}`;
const typed = { phone: "", back: "", code: "" };
const limits = { phone: 11, back: 8, code: 8 };
let priority = "", busy = false, touched = performance.now(), taken = "";

const choosing = chooser({
  floor: root.dataset.floor,
  take: (items) => take({ items }),
});

function press(id, name, on) {
  document.body.classList.toggle(name, on);
  $(id).setAttribute("aria-pressed", String(on));
}

function wipe() {
  choosing.wipe();
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  typed.phone = typed.back = typed.code = priority = "";
  visit.wipe();
  if (taken) refollow([channel]);
  taken = "";
  press("large", "large", false);
  press("language", "english", false);
  for (const id of ["result-number", "result-where", "result-facts", "result-paper", "back-said", "refused-said"]) $(id).replaceChildren();
  scrollTo(0, 0);
  draw();
}

function draw() {
  $("phone-digits").textContent = typed.phone.replace(/^(\d{3})(\d{0,4})(\d*)$/, "$1 $2 $3").trim();
  $("back-number").textContent = typed.back;
  visit.draw();
  $("phone-shown").textContent = typed.phone ? `…${typed.phone.slice(-4)}` : "留手机号";
  $("leave-phone").classList.toggle("set", !!typed.phone);
  const chosen = document.querySelector(`[data-priority="${priority}"]`);
  for (const choice of document.querySelectorAll("[data-priority]")) choice.setAttribute("aria-pressed", String(choice === chosen));
  $("priority-shown").textContent = (priority && chosen?.dataset.zh) || "优先人群";
  $("priority").classList.toggle("set", !!priority);
}

function told(zh, en) {
  const small = document.createElement("span");
  small.lang = "en";
  small.textContent = en;
  return [document.createTextNode(zh + " "), small];
}

function show(reply, place) {
  const floor = reply.floor ?? place;
  taken = reply.ticket;
  $("result-number").textContent = reply.number;
  $("result-where").replaceChildren(...(floor ? told(`请到 ${floor} 层等候，看屏幕叫号`, `Go to floor ${floor} and watch the board`) : told("请看屏幕叫号", "Watch the board")));
  const wait = reply.wait_minutes;
  const minutes = !wait ? told(`前面 ${reply.ahead} 人，等候时间不定`, `${reply.ahead} ahead, time not known`)
    : wait.p90 === 0 ? told("不用等", "no wait")
    : told(`前面 ${reply.ahead} 人，约等 ${wait.p50 === wait.p90 ? wait.p50 : `${wait.p50}–${wait.p90}`} 分钟`, `${reply.ahead} ahead, about ${wait.p50 === wait.p90 ? wait.p50 : `${wait.p50}–${wait.p90}`} minutes`);
  $("result-facts").replaceChildren(...minutes);
  paper(reply.printer ? { state: "pending", zh: "正在打印", en: "printing" } : { state: "none" });
  $("result").showModal();
  refollow([channel, `ticket/${taken}`]);
}

function paper(print) {
  const words = {
    none: ["此机不打印，请记住或拍下号码。", "No printer here: please remember the number."],
    pending: ["号票正在打印…", "Printing your ticket…"],
    printed: ["请取走号票。", "Please take your ticket."],
    failed: ["号票没有打印出来，号码有效，请记住号码或找工作人员。", "The ticket did not print. Your number stands: remember it or ask staff."],
    unknown: ["没有看到号票？号码有效，请找工作人员。", "No ticket? Your number stands: please ask staff."],
  };
  const [zh, en] = words[print.state] || words.none;
  $("result-paper").className = "paper" + (print.state === "failed" || print.state === "unknown" ? " attention" : "");
  $("result-paper").replaceChildren(...told(zh, en));
}

async function take(wanted, floor) {
  if (busy) return;
  busy = true;
  const body = { ...wanted };
  if (typed.phone) body.phone = typed.phone;
  if (priority) body.priority = priority;
  const answer = await act(`/kiosk/${device}/tickets`, body, { tries: 4 });
  busy = false;
  touched = performance.now();
  if (answer.ok) {
    choosing.wipe();
    return show(answer.data, floor);
  }
  refusal($("refused-said"), answer);
  $("refused").showModal();
}

async function back() {
  if (busy || !typed.back) return;
  busy = true;
  const answer = await act(`/kiosk/${device}/reinstate`, { number: typed.back }, { tries: 4 });
  busy = false;
  touched = performance.now();
  if (!answer.ok) return refusal($("back-said"), answer);
  $("back-pad").close();
  show(answer.data, document.querySelector(`[data-category="${typed.back[0]}"]`)?.dataset.floor);
}

// One act at a time.
async function perform(path, body, done, failed) {
  if (busy) return;
  busy = true;
  const answer = await act(`/kiosk/${device}/${path}`, body, { tries: 4 });
  busy = false;
  touched = performance.now();
  if (answer.ok) done(answer.data);
  else failed(answer);
}
const visit = booking({ device, typed, perform, show });

addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const pad = pressed.closest("[data-pad]")?.dataset.pad;
  const dialog = pressed.closest("dialog");
  if (pressed.dataset.category) take({ category: pressed.dataset.category }, pressed.dataset.floor);
  else if (pad) {
    if ("clear" in pressed.dataset) typed[pad] = "";
    else if ("erase" in pressed.dataset) typed[pad] = typed[pad].slice(0, -1);
    else if (typed[pad].length < limits[pad]) typed[pad] += pressed.textContent;
    if (pad !== "phone") say($(`${pad}-said`), "", "");
    draw();
  } else if (visit.pressed(pressed)) draw();
  else if (pressed.id === "leave-phone") $("phone-pad").showModal();
  else if (pressed.id === "priority") $("people").showModal();
  else if (pressed.id === "back") $("back-pad").showModal();
  else if (pressed.id === "large") press("large", "large", !document.body.classList.contains("large"));
  else if (pressed.id === "language") press("language", "english", !document.body.classList.contains("english"));
  else if ("priority" in pressed.dataset) {
    priority = pressed.dataset.priority;
    dialog.close();
    draw();
  } else if (dialog?.id === "phone-pad") {
    if ("none" in pressed.dataset) typed.phone = "";
    dialog.close();
    draw();
  } else if ("done" in pressed.dataset) back();
  else if ("close" in pressed.dataset) {
    if (dialog.classList.contains("result")) wipe();
    else dialog.close();
  }
});
for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => (touched = performance.now()), true);

draw();
follow([channel], {
  snapshot(payload, from) {
    if (taken && from === `ticket/${taken}` && payload.data && payload.data.state !== "none") paper(payload.data);
  },
  tick() {
    document.querySelector("time").textContent = clock(hubNow());
    if (performance.now() - touched > QUIET) {
      touched = performance.now();
      wipe();
    }
  },
});
