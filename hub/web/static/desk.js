// The acceptance desk. What is typed before there is a case is kept in this tab under window and ticket; from then on
// the hub's log holds the case itself.
import { act, say, refusal } from "./acts.js";
import { again, perform } from "./case_acts.js";
import { upload } from "./upload.js";

const root = document.documentElement;
const said = document.getElementById("said");
const { window: place, ticket } = root.dataset;
const form = document.getElementById("applicant");
const SPACE = `desk/${place}/`;
const MINE = `${SPACE}${ticket}/`;
let busy = false;

// Another visitor's fields are nobody's business any more.
for (const name of Object.keys(sessionStorage)) if (name.startsWith(SPACE) && !name.startsWith(MINE)) sessionStorage.removeItem(name);

const fields = () => [...form.elements].filter((field) => field.name);
const value = (name) => form.elements[name]?.value.trim() || "";

function shape() {
  const organisation = value("kind") === "organisation";
  for (const each of form.querySelectorAll("[data-for]")) each.hidden = (each.dataset.for === "organisation") !== organisation;
  for (const each of form.querySelectorAll(".agent")) each.hidden = !organisation;
  form.elements.document.closest("label").hidden = organisation && Boolean(form.dataset.external);
}

function asked() {
  const who = { kind: value("kind"), document: value("document"), name: value("name"), identity: value("identity") };
  if (value("phone")) who.phone = value("phone");
  const visit = { item: form.dataset.item, window: place };
  if (ticket) visit.ticket = ticket;
  if (form.dataset.external) return { ...visit, ...who, external: value("external") };
  if (who.kind === "organisation" && ["contact_name", "contact_identity", "contact_phone"].some(value)) {
    who.contact = { name: value("contact_name"), identity: value("contact_identity") };
    if (value("contact_phone")) who.contact.phone = value("contact_phone");
  }
  return { ...visit, applicant: who, receive: false };
}

async function open(event) {
  event.preventDefault();
  if (busy) return;
  busy = true;
  say(said, "正在提交…", "Sending…", "");
  const path = form.dataset.external ? "/api/v1/cases/external" : "/api/v1/cases";
  const answer = await act(path, asked(), {
    waiting: () => say(said, "服务器暂时没有应答，正在重试，所填内容不会丢失。", "No answer yet, trying again; nothing is lost.", "attention"),
  });
  busy = false;
  if (answer.ok) {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(MINE)) sessionStorage.removeItem(name);
    location.assign(`/desk/${place}?case=${answer.data.case}`);
  } else if (answer.status === 401) location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  else {
    refusal(said, answer);
    const wrong = { "bad-identity": "identity", "bad-credit-code": "identity", "bad-phone": "phone" }[answer.data?.code];
    form.elements[wrong]?.focus();
  }
}

if (form) {
  for (const field of fields()) {
    const kept = sessionStorage.getItem(MINE + field.name);
    // whoever types faster than this script arrives loses nothing either
    if (kept === null && field.value !== (field.defaultValue ?? field.options[0].value)) sessionStorage.setItem(MINE + field.name, field.value);
    else if (kept !== null && !(field.value && field === document.activeElement)) field.value = kept;
  }
  shape();
  form.addEventListener("input", (event) => {
    sessionStorage.setItem(MINE + event.target.name, event.target.value);
    shape();
  });
  form.addEventListener("submit", open);
  (fields().find((field) => field.required && !field.value) || form.elements.name).focus();
}

// Choosing the item
const finder = document.getElementById("finder");
const query = document.getElementById("query");
const found = document.getElementById("found");
let looked = 0;
let answered = "";

async function find() {
  const mine = ++looked;
  const text = query.value.trim();
  const answer = text ? await fetch(`/chooser/offer?${new URLSearchParams({ q: text })}`).catch(() => null) : null;
  const items = answer?.ok ? await answer.text() : "";
  if (mine !== looked) return;
  found.innerHTML = items;
  answered = text;
}

// Enter may come before the answer to what was typed.
async function first() {
  const text = query.value.trim();
  if (answered !== text) await find();
  if (answered === text && query.value.trim() === text) found.querySelector("[data-item]")?.click();
}

const pick = (code) => location.assign(`/desk/${place}?item=${encodeURIComponent(code)}`);

query.addEventListener("input", find);
finder.addEventListener("click", (event) => {
  const code = event.target.closest("[data-item]")?.dataset.item;
  if (code) pick(code);
});
finder.addEventListener("keydown", (event) => {
  const all = [...found.querySelectorAll("[data-item]")];
  const at = all.indexOf(document.activeElement);
  if (event.isComposing) return;
  if (event.key === "Enter" && event.target === query) first();
  else if (event.key === "ArrowDown" && (at >= 0 || event.target === query)) all[Math.min(at + 1, all.length - 1)]?.focus();
  else if (event.key === "ArrowUp" && at >= 0) (at ? all[at - 1] : query).focus();
  else return;
  event.preventDefault();
});
document.querySelector("[data-find]")?.addEventListener("click", () => {
  finder.hidden = false;
  query.focus();
});
if (!finder.hidden && !form) (finder.querySelector("p.row a") || query).focus();

// The checklist
const material = (target) => target.closest("[data-material]").dataset.material;
const supply = async (materials) => (await perform("materials", { materials })) && again();

async function send(input) {
  const file = input.files[0];
  if (!file) return;
  say(said, `正在上传 ${file.name}…`, "Uploading…", "");
  const sent = await upload(file, (part) => say(said, `正在上传 ${Math.round(part * 100)}%`, "Uploading…", ""));
  input.value = "";
  if (!sent.ok) return void refusal(said, sent);
  await supply([{ material: material(input), sha256: sent.sha256, origin: "scan" }]);
}

async function pressed(button) {
  const { dataset } = button;
  if ("all" in dataset) {
    const left = [...document.querySelectorAll('#checklist [data-standing="missing"]')].map((row) => row.dataset.material);
    if (left.length) await supply(left.map((code) => ({ material: code, original: true, grade: "B" })));
  } else if ("original" in dataset) await supply([{ material: material(button), original: true, grade: "B" }]);
  else if ("reuse" in dataset) await supply([{ material: material(button), reused_from: dataset.reuse, consent: !["A", "B"].includes(dataset.grade) }]);
  else if ("checked" in dataset) (await perform("materials/original-checked", { material: material(button) })) && again();
  else if ("remove" in dataset) (await perform("materials/remove", { material: material(button) })) && again();
  else if ("excuse" in dataset) (await perform("materials/excuse", { material: material(button), why: "窗口核对：申请人不涉及" })) && again();
}

document.getElementById("checklist")?.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) pressed(button);
});
document.getElementById("checklist")?.addEventListener("change", (event) => {
  if ("upload" in event.target.dataset) send(event.target);
});

addEventListener("keydown", (event) => {
  if (event.altKey && event.code === "KeyQ") {
    event.preventDefault();
    return location.assign(`/console/${place}`);
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (event.target.matches("input,select,textarea") || document.querySelector("dialog[open]")) return;
  const all = document.getElementById("all-seen");
  if (event.code === "KeyO" && all) {
    event.preventDefault();
    pressed(all);
  } else if (/^[1-9]$/.test(event.key)) finder.querySelectorAll("p.row a")[+event.key - 1]?.click();
});
