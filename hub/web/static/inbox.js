// The inbox: the list and the head follow the cases; the opinion's text is the reviewer's own until it is sent.
import { follow, root } from "./live.js";
import { act, say, refusal } from "./acts.js";
import { opened, posted, submitted } from "./sheets.js";

const $ = (id) => document.getElementById(id);
const { me, of } = root.dataset;
const MINE = `inbox/${me}/`, SAID = "inbox-said";
const form = $("opine"), text = $("text");
const draft = form && MINE + form.dataset.draft;

// What others wrote in this tab before is not left for whoever signs in next.
for (const key of Object.keys(sessionStorage)) if (key.startsWith("inbox/") && !key.startsWith(MINE)) sessionStorage.removeItem(key);
if (text) {
  text.value = sessionStorage.getItem(draft) || "";
  text.addEventListener("input", () => sessionStorage.setItem(draft, text.value));
}
// So are the lines of the sheets: a return names a defect for each material.
const lines = (within) => [...within.querySelectorAll("input:not([type])")].filter((line) => line.form?.dataset.act && line.closest(".pane"));
const place = (line) => `${MINE}${root.dataset.case}/${root.dataset.step}/${line.form.dataset.act.split("/").pop()}/${line.name}`;
for (const line of lines(document)) {
  line.value = sessionStorage.getItem(place(line)) ?? line.value;
  line.addEventListener("input", () => sessionStorage.setItem(place(line), line.value));
}
const told = JSON.parse(sessionStorage.getItem(SAID) || "null");
sessionStorage.removeItem(SAID);
if (told && $("said")) say($("said"), ...told);

const tasks = () => [...document.querySelectorAll(".task")];
const current = () => document.activeElement.closest?.(".task") || document.querySelector(".task.chosen");
current()?.focus({ preventScroll: true });
current()?.scrollIntoView({ block: "nearest" });

function move(by) {
  const all = tasks(), at = all.indexOf(current());
  all[Math.min(Math.max(at + by, 0), all.length - 1)]?.focus();
}

// What was done leaves the list: the next thing that is due opens.
function onward(next) {
  if (!next) return location.reload();
  sessionStorage.setItem(SAID, JSON.stringify(["已提交。", "Sent."]));
  const all = tasks(), at = all.findIndex((task) => task.classList.contains("chosen"));
  location.assign((all[at + 1] || all.find((_, n) => n !== at))?.href || `/inbox?of=${of}`);
}

opened();
posted({ done: () => location.reload() });
submitted({
  text: () => text?.value.trim() ?? "",
  done: (sent) => {
    if (draft && sent.dataset.claim) sessionStorage.removeItem(draft);
    for (const line of lines(sent)) sessionStorage.removeItem(place(line));
    onward(sent.dataset.next === "true");
  },
  failed: (sent, answer) => answer.data?.code === "reason-needed" && !sent.closest("dialog") && text?.focus(),
});

addEventListener("keydown", (event) => {
  if (event.altKey || event.metaKey) return;
  const field = event.target.matches("input,textarea,select");
  if (field && event.key === "Escape" && !event.target.closest("dialog")) return current()?.focus();
  if (event.target === text && event.ctrlKey && event.key === "Enter") return form.querySelector("[data-verdict=agree]").click();
  if (field || event.ctrlKey || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "arrowdown" || key === "j") move(1);
  else if (key === "arrowup" || key === "k") move(-1);
  else if (key === "t" && text) text.focus();
  else {
    const pressed = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!pressed || pressed.disabled) return;
    pressed.click();
  }
  event.preventDefault();
});

async function fill(part, path) {
  const el = document.querySelector(`[data-part="${part}"]`);
  if (!el) return;
  const answer = await fetch(path, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const html = await answer.text(), focused = el.contains(document.activeElement) && document.activeElement.id;
  el.innerHTML = html;
  if (part === "list") {
    const chosen = tasks().find((task) => task.dataset.case === root.dataset.case && task.dataset.step === root.dataset.step);
    chosen?.classList.add("chosen");
    chosen?.setAttribute("aria-current", "true");
  }
  if (focused) $(focused)?.focus({ preventScroll: true });
}

let seen = null, wanted = false, filling = false;
async function refresh() {
  wanted = true;
  if (filling) return;
  filling = true;
  while (wanted) {
    wanted = false;
    await fill("list", `/inbox?of=${of}&part=list`);
    if (root.dataset.case) await fill("head", `/inbox/${root.dataset.case}?step=${encodeURIComponent(root.dataset.step)}&part=head`);
  }
  filling = false;
}
follow(["review"], {
  snapshot: (payload) => {
    if (!payload.data || payload.data.position === seen) return;
    seen = payload.data.position;
    refresh();
  },
});
