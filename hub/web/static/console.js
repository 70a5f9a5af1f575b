import { follow, wake, root } from "./live.js";
import { act, say, refusal } from "./acts.js";

const number = root.dataset.window;
const said = document.getElementById("said");
const forms = { transfer: document.getElementById("transfer"), park: document.getElementById("park") };
const KEYS = { KeyR: "recall", KeyM: "miss", KeyH: "park", KeyT: "transfer", KeyP: "pause" };
const NAMES = { "call-next": "叫号", start: "开始", finish: "办结", recall: "重呼", miss: "过号", park: "挂起", transfer: "转窗", pause: "暂停", open: "开放", call: "叫号", close: "关窗", "sign-in": "签到", "sign-out": "签退" };
let busy = false, seen = 0, arrived = null;

const head = () => document.querySelector("[data-version]").dataset;
const button = (name) => document.querySelector(`.keys [data-act="${name}"]`);

// Drafts outlive a restart of the hub, a reload and a return from sign-in; they belong to the ticket.
const place = (field) => `draft/${number}/${head().ticket}/${field.form.id}/${field.name}`;
const fields = () => [...document.querySelectorAll(".forms input,.forms select")];
const keep = (field) => sessionStorage.setItem(place(field), field.value);
function recover() {
  for (const field of fields()) {
    const kept = sessionStorage.getItem(place(field));
    if (kept !== null) field.value = kept;
    else if (field !== document.activeElement) field.value = "";
  }
  const opened = sessionStorage.getItem(`form/${number}/${head().ticket}`);
  for (const [name, form] of Object.entries(forms)) form.hidden = name !== opened || !head().ticket;
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
  if (name) forms[name].querySelector("input,select").focus();
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
  else refusal(said, answer);
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
  const key = button(name);
  if (!key || key.disabled) return;
  if (name === "transfer" || name === "park") return show(name);
  if (name === "pause") return perform(head().state === "open" ? "pause" : "open");
  perform(name === "main" ? head().does : name);
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    document.activeElement?.blur();
    return show(null);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.matches("input,select,textarea,button,a")) return;
  const name = event.code === "Space" ? "main" : KEYS[event.code];
  if (!name) return;
  event.preventDefault();
  press(name);
});

addEventListener("click", (event) => {
  const target = event.target.closest("[data-act],[data-call],[data-cancel],[data-do]");
  if (!target) return;
  if (target.dataset.act) press(target.dataset.act);
  else if (target.dataset.call) perform("call", { ticket: target.dataset.call });
  else if ("cancel" in target.dataset) show(null);
  else if (target.dataset.do) perform(target.dataset.do);
  if (event.detail) target.blur();
});

for (const [name, form] of Object.entries(forms)) {
  form.addEventListener("input", (event) => keep(event.target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    perform(name, Object.fromEntries(new FormData(form)));
  });
}

let ticket = head().ticket;
recover();
follow([`window/${number}`], {
  snapshot() {
    arrived?.();
    if (ticket !== head().ticket) {
      ticket = head().ticket;
      recover();
    }
  },
});
