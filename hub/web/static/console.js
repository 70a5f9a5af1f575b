import { follow, wake, root } from "./live.js";
import { act, say, refusal } from "./acts.js";

const number = root.dataset.window;
const $ = (id) => document.getElementById(id);
const said = $("said"), ask = $("ask"), because = $("because");
const forms = { transfer: $("transfer"), park: $("park"), why: $("why") };
const KEYS = { KeyR: "recall", KeyM: "miss", KeyH: "park", KeyT: "transfer", KeyP: "pause", KeyW: "why" };
const NAMES = { "call-next": "叫号", start: "开始", finish: "办结", recall: "重呼", miss: "过号", park: "挂起", transfer: "转窗", pause: "暂停", open: "开放", call: "叫号", close: "关窗", "sign-in": "签到", "sign-out": "签退" };
const WRONG = "取错号";
let busy = false, seen = 0, arrived = null, intent = null;

const head = () => document.querySelector("[data-version]").dataset;
const button = (name) => document.querySelector(`.keys [data-act="${name}"]`);
const parts = () => [...document.querySelectorAll("[name=done]")];

// Drafts outlive a restart of the hub, a reload and a return from sign-in; they belong to the ticket.
const place = (field) => `draft/${number}/${head().ticket}/${field.form.id}/${field.name}`;
const fields = () => [...document.querySelectorAll(".forms input,.forms select")];
const keep = (field) => sessionStorage.setItem(place(field), field.value);
const ticked = () => `done/${number}/${head().ticket}`;
function recover() {
  for (const field of fields()) {
    const kept = sessionStorage.getItem(place(field));
    if (kept !== null) field.value = kept;
    else if (field !== document.activeElement) field.value = "";
  }
  const opened = sessionStorage.getItem(`form/${number}/${head().ticket}`);
  for (const [name, form] of Object.entries(forms)) form.hidden = name !== opened || (name !== "why" && !head().ticket);
}
function forget() {
  for (const field of fields()) sessionStorage.removeItem(place(field));
  sessionStorage.removeItem(`form/${number}/${head().ticket}`);
}
function show(name) {
  const at = `form/${number}/${head().ticket}`;
  if (name) sessionStorage.setItem(at, name);
  else sessionStorage.removeItem(at);
  recover();
  because.textContent = "";
  if (name) forms[name].querySelector("input,select").focus();
}

// What was done of a visit stays ticked while the page is drawn anew around it.
function settle() {
  const kept = sessionStorage.getItem(ticked());
  if (kept !== null && parts().length) {
    for (const part of parts()) part.checked = kept.split(" ").includes(part.value);
    onward();
  }
  const clerk = head().clerk, me = root.dataset.me;
  $("sign-in").hidden = clerk === me;
  if ($("sign-out")) $("sign-out").hidden = clerk !== me;
}
const done = () => parts().filter((part) => part.checked).map((part) => part.value);
async function onward() {
  const asked = done().join("&done=");
  if (!asked) return tell("请勾选已办的类别；没有办成请转窗或挂起。", "Tick what was done; if nothing was, transfer or park.");
  try {
    const answer = await fetch(`/api/v1/windows/${number}/onward?done=${asked}`);
    const told = await answer.json();
    if (answer.ok && asked === done().join("&done=")) tell(told.zh, told.en);
  } catch {
    tell("", "");
  }
}
function tell(zh, en) {
  const line = $("onward");
  if (!line) return;
  say(line, zh, en);
  line.className = "facts onward";
}

function confirm(zh, en, name, more) {
  intent = () => perform(name, more);
  say($("ask-title"), zh, en);
  $("ask-title").className = "";
  ask.showModal();
}
ask.addEventListener("submit", (event) => event.submitter?.value === "yes" && intent());

// A refusal that a person may overrule is asked once more, in the hub's own words.
function refused(name, more, answer) {
  const { code, detail } = answer.data || {};
  refusal(said, answer);
  if (name === "sign-in" && code === "clerk-elsewhere") confirm(`${detail.zh}改到本窗口签到？`, `${detail.en} Move here?`, name, { ...more, move: true });
  if (code === "roster-floor" && "arranges" in root.dataset) confirm(`${detail.zh}仍要执行？`, `${detail.en} Do it anyway?`, name, { ...more, anyway: true });
}

async function perform(name, more) {
  if (busy) return;
  busy = true;
  // A double tap is one act: the next key counts 300 ms later at the earliest.
  const calm = new Promise((done) => setTimeout(done, 300));
  const version = Math.max(seen, +head().version);
  say(said, `${NAMES[name]}…`, "");
  const answer = await act(`/api/v1/windows/${number}/${name}`, { seen: version, ...more }, {
    waiting: () => say(said, "服务器暂时没有应答，正在重试，内容不会丢失。", "No answer yet, trying again.", "attention"),
  });
  if (answer.ok) {
    if (name === "transfer" || name === "park") {
      forget();
      document.activeElement?.blur();
    }
    seen = answer.data.version ?? seen;
    wake();
    await Promise.all([caught(seen), calm]);
    const none = name === "call-next" && !answer.data.number;
    say(said, none ? "现在没有人等候。" : `${NAMES[name]} ✓`, none ? "Nobody is waiting." : "");
  } else if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
  else refused(name, more, answer);
  busy = false;
}

// The page shows what was done before the next key counts.
function caught(version) {
  if (+head().version >= version) return;
  return new Promise((done) => {
    arrived = () => +head().version >= version && done();
    setTimeout(done, 2500);
  }).then(() => (arrived = null));
}

function press(name) {
  if (name === "why") return show("why");
  const key = button(name);
  if (!key || key.disabled) return;
  if (name === "transfer" || name === "park") return show(name);
  if (name === "pause") return perform(head().state === "open" ? "pause" : "open");
  const does = name === "main" ? head().does : name;
  if (does !== "finish" || !parts().length) return perform(does);
  if (done().length) perform("finish", { done: done() });
  else onward();
}

function signIn() {
  const { clerk, number: held } = head();
  if (!clerk || clerk === root.dataset.me) return perform("sign-in");
  const stays = held ? `，${held} 留在本窗口` : "";
  confirm(`接手 ${number} 号窗口？${clerk} 将签退${stays}。`, `Take over window ${number}? ${clerk} is signed out.`, "sign-in");
}

async function explain() {
  const asked = new URLSearchParams(new FormData(forms.why));
  say(because, "…", "");
  try {
    const answer = await fetch(`/api/v1/queue/explain?${asked}`);
    const data = await answer.json();
    const told = answer.ok ? data : data.detail;
    say(because, told.zh, told.en, answer.ok ? "" : "alarm");
  } catch {
    say(because, "服务器没有应答，请稍后再试。", "No answer from the server. Try again later.", "alarm");
  }
  because.classList.add("because");
}

addEventListener("keydown", (event) => {
  if (ask.open) return;
  if (event.key === "Escape") {
    document.activeElement?.blur();
    return show(null);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.matches("input,select,textarea,button,a")) return;
  const chosen = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (chosen) return chosen.click();
  if (event.code === "KeyD") return document.getElementById("desk")?.click();
  const name = event.code === "Space" ? "main" : KEYS[event.code];
  if (!name) return;
  event.preventDefault();
  press(name);
});

addEventListener("click", (event) => {
  const target = event.target.closest("[data-act],[data-call],[data-cancel],[data-do],[data-why],[data-form],[data-reason],[name=done]");
  if (!target) return;
  const data = target.dataset;
  if (data.act) press(data.act);
  else if (data.call) perform("call", { ticket: data.call });
  else if ("cancel" in data) show(null);
  else if (data.do === "sign-in") signIn();
  else if (data.do) perform(data.do);
  else if (data.why) perform("pause", { why: data.why });
  else if (data.form) return show(data.form);
  else if (data.reason) {
    const field = target.form.elements.why;
    field.value = data.reason;
    keep(field);
  } else if (target.name === "done") {
    sessionStorage.setItem(ticked(), done().join(" "));
    onward();
  }
  if (event.detail) target.blur();
});

for (const [name, form] of Object.entries(forms)) {
  form.addEventListener("input", (event) => keep(event.target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name === "why") return explain();
    const body = Object.fromEntries(new FormData(form));
    perform(name, name === "transfer" ? { ...body, wrong: body.why.trim() === WRONG } : body);
  });
}

let ticket = head().ticket;
recover();
settle();
follow([`window/${number}`], {
  snapshot() {
    arrived?.();
    settle();
    if (ticket !== head().ticket) {
      ticket = head().ticket;
      recover();
    }
  },
});
