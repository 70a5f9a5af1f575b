// Acts on one case: a button acts at once or opens its form; what was typed outlives a reload and a restart of the hub.
import { act, say, refusal } from "./acts.js";
import { upload } from "./upload.js";

const root = document.documentElement;
const said = document.getElementById("said");
const waiting = (where) => () => say(where, "服务器暂时没有应答，正在重试，内容不会丢失。", "No answer yet, trying again; nothing is lost.", "attention");
let busy = false;

// Typed text is kept under the case and its form until the act is done.
const place = (field) => `case/${root.dataset.case}/${field.form.dataset.path}/${field.dataset.material || field.name}/${field.dataset.kind === "many" ? field.value : ""}`;
const kept = (form) => [...form.elements].filter((field) => field.name && field.dataset.kind !== "file" && field.type !== "hidden");
const recover = (form) => {
  for (const field of kept(form)) {
    const value = sessionStorage.getItem(place(field));
    if (value === null) continue;
    if (field.type === "checkbox") field.checked = value === "yes";
    else field.value = value;
  }
};
const forget = (form) => kept(form).forEach((field) => sessionStorage.removeItem(place(field)));

function put(body, name, value) {
  const path = name.split(".");
  const last = path.pop();
  let at = body;
  for (const part of path) at = at[part] ??= {};
  at[last] = value;
}

async function bodyOf(form) {
  const body = {};
  for (const field of form.elements) {
    const { kind, material } = field.dataset;
    const name = field.name;
    if (!name) continue;
    if (kind === "json") field.value && put(body, name, JSON.parse(field.value));
    else if (kind === "text") field.value.trim() && put(body, name, field.value.trim());
    else if (kind === "many") {
      const chosen = [...form.querySelectorAll(`[name="${name}"]:checked`)].map((each) => each.value);
      put(body, name, chosen);
    } else if (kind === "defect") {
      body.defects ??= [];
      if (field.value.trim()) body.defects.push({ material, what: field.value.trim() });
    } else if (kind === "file" && field.files[0]) {
      const sent = await upload(field.files[0]);
      if (!sent.ok) return { refused: sent };
      put(body, name, sent.sha256);
    }
  }
  // a pledge or promise without a ticked material was not meant
  for (const name of ["pledge", "promise"]) if (body[name] && !body[name].materials?.length) delete body[name];
  return { body };
}

// The link to the paper that is to be signed follows what the form says; without a ticked material there is none.
function papers(form) {
  for (const link of form.querySelectorAll("[data-paper]")) {
    const kind = link.dataset.paper, pledge = kind === "pledge";
    const asked = new URLSearchParams();
    for (const ticked of form.querySelectorAll(`[name="${kind}.materials"]:checked`)) asked.append(pledge ? "owe" : "waive", ticked.value);
    const whole = asked.size > 0;
    asked.append(pledge ? "due" : "days", form.elements[pledge ? "pledge.due" : "promise.check_days"].value);
    if (whole) link.href = `/cases/${root.dataset.case}/pledge.pdf?${asked}`;
    else link.removeAttribute("href");
    link.setAttribute("aria-disabled", String(!whole));
  }
}

export async function perform(path, body, where = said) {
  if (busy) return false;
  busy = true;
  say(where, "正在提交…", "Sending…", "");
  const answer = await act(`/api/v1/cases/${root.dataset.case}/${path}`, body, { waiting: waiting(where) });
  busy = false;
  if (answer.ok) return true;
  if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  else refusal(where, answer);
  return false;
}

export const again = () => location.reload();

async function press(button) {
  if (button.dataset.asks !== undefined) {
    const sheet = document.getElementById(`ask-${button.dataset.offer}`);
    sheet.showModal();
    sheet.querySelector("input:not([type=hidden]),textarea,select")?.focus();
    return;
  }
  if (!(await perform(button.dataset.path, {}))) return;
  if (button.dataset.then && !(await perform(button.dataset.then, {}))) return;
  again();
}

async function unmask(button) {
  const answer = await fetch(`/api/v1/cases/${root.dataset.case}/${button.dataset.unmask}`);
  if (!answer.ok) return;
  const known = await answer.json();
  const line = button.closest("[data-person]");
  const parts = [known.name, known.identity, known.phone, known.contact_name, known.contact_identity, known.contact_phone];
  line.textContent = parts.filter(Boolean).join("  ");
  line.dataset.shown = "";
  const told = [...Object.entries(known.form), ...known.objections.map((each) => ["异议 objection", each.words || "已删除 erased"])];
  if (told.length) {
    const list = document.createElement("dl");
    list.className = "form";
    for (const [label, text] of told) {
      const term = document.createElement("dt"), words = document.createElement("dd");
      term.textContent = label;
      words.textContent = text;
      list.append(term, words);
    }
    line.after(list);
  }
  line.tabIndex = -1;
  line.focus();
}

// A form as it came: what was typed in it before, and what becomes of it.
export function attend(form) {
  recover(form);
  papers(form);
  form.addEventListener("input", (event) => {
    const field = event.target;
    papers(form);
    if (field.name && field.dataset.kind !== "file") sessionStorage.setItem(place(field), field.type === "checkbox" ? (field.checked ? "yes" : "no") : field.value);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const where = form.querySelector(".said");
    if (busy) return;
    const { body, refused } = await bodyOf(form);
    if (refused) return void refusal(where, refused);
    if (!(await perform(form.dataset.path, body, where))) return;
    forget(form);
    again();
  });
}
document.querySelectorAll("dialog.ask form").forEach(attend);

addEventListener("click", (event) => {
  const button = event.target.closest("[data-offer],[data-close],[data-unmask]");
  if (!button) return;
  if (button.dataset.offer) press(button);
  else if ("close" in button.dataset) button.closest("dialog").close();
  else unmask(button);
});

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.matches("input,select,textarea") || document.querySelector("dialog[open]")) return;
  const button = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!button) return;
  event.preventDefault();
  press(button);
});
