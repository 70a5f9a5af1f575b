// Issuing and checking in: options are set on the sheet, a category takes the number.
import { hubNow, root, clock } from "./live.js";
import { say } from "./acts.js";
import { chooser } from "./chooser.js";

const $ = (id) => document.getElementById(id);
const QUARTER = 15 * 60000, SLOTS = 7;
const PLACE = "attend/kiosk";
const PAPER = {
  none: ["不打印，请把号码告诉来客。", "No paper: tell the visitor the number."],
  pending: ["号票正在打印…", "Printing…"],
  printed: ["请取走号票。", "The ticket is there."],
  failed: ["号票没有打印出来，号码有效。", "It did not print. The number stands."],
  unknown: ["没有看到号票？号码有效，可以补打。", "No paper? The number stands; print again."],
};

export function issuing({ open, perform, show, watch }) {
  const sheet = $("issue"), kiosk = $("kiosk"), phone = $("phone"), escort = $("with-escort");
  let priority = "", slot = 0, taken = null;

  const kept = localStorage.getItem(PLACE);
  if (kept !== null && [...kiosk.options].some((each) => each.value === kept)) kiosk.value = kept;
  kiosk.addEventListener("change", () => localStorage.setItem(PLACE, kiosk.value));

  function draw() {
    for (const each of sheet.querySelectorAll("[data-priority]")) each.setAttribute("aria-pressed", String(each.dataset.priority === priority));
    for (const each of sheet.querySelectorAll("[data-slot]")) each.setAttribute("aria-pressed", String(+each.dataset.slot === slot));
  }
  function begin(as) {
    choosing.wipe();
    sheet.dataset.as = as;
    priority = phone.value = "";
    slot = 0;
    escort.setAttribute("aria-pressed", "false");
    if (as === "checkin") offer();
    open("issue");
    draw();
  }
  // The latest slot that may check in by now comes last; the nearest one is set.
  function offer() {
    const now = hubNow(), last = Math.floor((now + root.dataset.early * 60000) / QUARTER) * QUARTER;
    slot = Math.round(now / QUARTER) * QUARTER;
    $("slots").replaceChildren(...Array.from({ length: SLOTS }, (_, n) => {
      const button = document.createElement("button"), at = last - (SLOTS - 1 - n) * QUARTER;
      button.dataset.slot = at;
      button.textContent = clock(at);
      return button;
    }));
  }

  // `wanted` is {category} from a button here, or {items} from the chooser.
  function take(wanted) {
    const body = { ...wanted, escort: escort.getAttribute("aria-pressed") === "true" };
    if (kiosk.value) body.kiosk = kiosk.value;
    if (root.dataset.floor !== "all") body.floor = +root.dataset.floor;
    if (phone.value.trim()) body.phone = phone.value.trim();
    if (priority) body.priority = priority;
    if (slot) body.slot = new Date(slot).toISOString();
    perform("/api/v1/tickets", body, (reply) => result(reply, body.escort), { failed: aside });
  }
  function result(reply, escorted) {
    taken = { ticket: reply.ticket, number: reply.number, what: $(`take-${reply.number[0]}`)?.querySelector(".name").textContent || "", state: "waiting", note: "", escort: escorted, printer: reply.printer || "" };
    $("result-number").textContent = reply.number;
    $("result-where").textContent = `请到 ${reply.floor} 层等候`;
    const wait = reply.wait_minutes;
    const minutes = !wait ? ["等候时间不定", "time not known"] : wait.p90 === 0 ? ["不用等", "no wait"] : [`约等 ${wait.p50 === wait.p90 ? wait.p50 : `${wait.p50}–${wait.p90}`} 分钟`, `about ${wait.p50 === wait.p90 ? wait.p50 : `${wait.p50}–${wait.p90}`} minutes`];
    say($("result-facts"), `前面 ${reply.ahead} 人，${minutes[0]}${reply.late ? "。今天可能办不完" : ""}`, `${reply.ahead} ahead, ${minutes[1]}${reply.late ? "; today may not suffice" : ""}`);
    $("result-facts").className = "facts";
    paper(reply.printer ? "pending" : "none");
    choosing.wipe();
    open("result");
    watch(taken.ticket);
  }
  const choosing = chooser({ floor: root.dataset.floor === "all" ? 1 : +root.dataset.floor, take: (items) => take({ items }) });
  // What was refused is said on the sheet below; the items stay chosen.
  function aside() {
    for (const id of ["chooser", "visit"]) $(id).close();
  }
  // A unit that the online hall sold while the line was cut: only its buyer knows what for.
  function arrive(form) {
    const text = form.text.value.replace(/[\s()-]/g, "");
    const body = /^(\+?86)?1\d{10}$/.test(text) ? { phone: text } : { code: text };
    if (!$("arrive-category").hidden) body.category = form.category.value;
    if (kiosk.value) body.kiosk = kiosk.value;
    if (root.dataset.floor !== "all") body.floor = +root.dataset.floor;
    perform("/api/v1/appointments/check-in", body, (reply) => result(reply, false), {
      failed: (answer) => {
        const asked = answer.data?.code === "category-needed";
        $("arrive-category").hidden = !asked;
        if (asked) form.category.replaceChildren(...answer.data.facts.categories.split(",").map((letter) => new Option(`${letter} ${$(`take-${letter}`)?.querySelector(".name").textContent || ""}`, letter)));
      },
    });
  }
  $("arrive-form").addEventListener("submit", (event) => {
    event.preventDefault();
    arrive(event.target.elements);
  });
  function paper(state) {
    const [zh, en] = PAPER[state] || PAPER.none;
    say($("result-paper"), zh, en);
    $("result-paper").className = "paper" + (state === "failed" || state === "unknown" ? " attention" : "");
  }

  return {
    take,
    // Whether the button was one of these.
    pressed(button) {
      const data = button.dataset;
      if (button.id === "open-issue") begin("issue");
      else if (button.id === "open-slots") begin("checkin");
      else if (button.id === "open-checkin") {
        $("arrive-form").reset();
        $("arrive-category").hidden = true;
        open("arrive");
      }
      else if (data.category) take({ category: data.category });
      else if ("priority" in data) priority = data.priority;
      else if (data.slot) slot = +data.slot;
      else if (button === escort) escort.setAttribute("aria-pressed", String(escort.getAttribute("aria-pressed") !== "true"));
      else if ("seatOf" in data) show({ ...taken });
      else return false;
      draw();
      return true;
    },
    printed(payload, from) {
      if (taken && from === `ticket/${taken.ticket}` && payload.data && payload.data.state !== "none") paper(payload.data.state);
    },
    closed(dialog) {
      if (dialog.id === "result") watch(null);
      if (dialog.id === "issue") phone.value = "";
    },
  };
}
