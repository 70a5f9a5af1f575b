// The chooser of items; how a page embeds it stands in hub/web/pages/chooser.py.
import { say } from "./acts.js";

const MOST = 20;
const $ = (id) => document.getElementById(id);

export function chooser({ floor, take }) {
  const shelf = $("chooser"), sheet = $("visit"), query = $("chooser-query"), list = $("chooser-offer");
  let category = "", department = "", chosen = [], asked = 0, drawn = "";

  const failed = (into) => say(into, "服务器没有应答，请再试一次。", "No answer from the server. Please try again.", "alarm");

  async function part(path, into) {
    const mine = ++asked;
    try {
      const answer = await fetch(path);
      const text = await answer.text();
      // answers may overtake each other: the newest question's stands
      if (mine !== asked) return false;
      if (!answer.ok) {
        const told = JSON.parse(text).detail;
        return say(into, told.zh, told.en, "alarm"), false;
      }
      into.className = "";
      into.innerHTML = text;
      return true;
    } catch {
      if (mine === asked) failed(into);
      return false;
    }
  }

  async function draw() {
    const path = `/chooser/offer?${new URLSearchParams({ q: query.value.trim(), category, department })}`;
    if (path === drawn) return;
    drawn = path;
    if (!(await part(path, list))) return void (drawn = "");
    list.scrollTop = 0;
    $("chooser-told").textContent = list.querySelector("[data-told]")?.dataset.told || "";
  }

  function open(letter = "") {
    category = letter;
    department = "";
    query.value = "";
    drawn = "";
    list.replaceChildren();
    if (!shelf.open) shelf.showModal();
    query.focus();
    return draw();
  }

  async function show() {
    if (shelf.open) shelf.close();
    if (!chosen.length) return void (sheet.open && sheet.close());
    const path = `/chooser/visit?${new URLSearchParams({ floor, items: chosen.join() })}`;
    const there = await part(path, $("visit-legs"));
    const first = $("visit-legs").querySelector(".leg");
    sheet.querySelector('[data-chooser="take"]').disabled = !there || !first || "stopped" in first.dataset;
    sheet.querySelector('[data-chooser="more"]').disabled = chosen.length >= MOST;
    if (!sheet.open && (chosen.length || !there)) sheet.showModal();
    sheet.querySelector('[data-chooser="take"]').focus();
  }

  function wipe() {
    asked++;
    chosen = [];
    category = department = drawn = query.value = "";
    for (const each of [shelf, sheet]) if (each.open) each.close();
    for (const each of [list, $("visit-legs"), $("chooser-told")]) each.replaceChildren();
  }

  function type(key) {
    if (key === "clear") query.value = "";
    else if (key === "erase") query.value = query.value.slice(0, -1);
    else if (query.value.length < query.maxLength) query.value += key;
    draw();
  }

  function pressed(button) {
    const { key, item, remove, department: within, chooser: act } = button.dataset;
    if (key) type(key);
    else if (within !== undefined) {
      department = within;
      draw().then(() => list.querySelector("button")?.focus());
    } else if (item) {
      if (!chosen.includes(item)) chosen.push(item);
      show();
    } else if (remove) {
      chosen = chosen.filter((code) => code !== remove);
      show();
    } else if (act === "close") {
      // one step back at a time: from items to departments, from there to where it was opened
      if (department && !query.value) {
        department = "";
        draw();
      } else if (chosen.length) show();
      else wipe();
    } else if (act === "more") {
      sheet.close();
      open();
    } else if (act === "drop") wipe();
    else if (act === "take") take([...chosen]);
  }

  // Between the field and the answers by arrow keys, the first answer by Enter: no mouse and no touch needed.
  function moved(event) {
    const found = [...list.querySelectorAll("button")], at = found.indexOf(document.activeElement);
    if (event.isComposing) return;
    if (event.key === "Enter" && event.target === query) found.find((each) => each.dataset.item || each.dataset.department)?.click();
    else if (event.key === "ArrowDown" && (at >= 0 || event.target === query)) found[Math.min(at + 1, found.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (at ? found[at - 1] : query).focus();
    else return;
    event.preventDefault();
  }

  addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("choose" in button.dataset) open(button.dataset.choose);
    else if (button.closest("#chooser, #visit")) pressed(button);
  });
  // the caret stays in the field while keys on the screen are tapped
  shelf.querySelector(".keys")?.addEventListener("pointerdown", (event) => event.preventDefault());
  query.addEventListener("input", draw);
  shelf.addEventListener("keydown", moved);
  for (const each of [shelf, sheet]) each.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (each === sheet) wipe();
    else pressed(shelf.querySelector('[data-chooser="close"]'));
  });
  return { open, wipe };
}
