// 手写号补录: times are of the hall's own zone; what was typed outlives a reload.
import { root } from "./live.js";

const DRAFT = "attend/hand", DAY = 86400000;
const form = document.getElementById("hand-form");
const fields = () => [...form.querySelectorAll("input,select")];

// What a clock of the hall shows at `at`, as if it were UTC.
function local(at) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.tz, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(at);
  const of = Object.fromEntries(parts.map((part) => [part.type, +part.value]));
  return Date.UTC(of.year, of.month - 1, of.day, of.hour, of.minute);
}

// "930", "0930" or "9:30" as "09:30".
const clock = (typed) => typed.replace(/[:：]/, "").padStart(4, "0").replace(/(..)(..)/, "$1:$2");

// Hours before the day's start belong to the night after it.
export function moment(date, time) {
  const shown = Date.parse(`${date}T${time}:00Z`) + (time < root.dataset.dayStarts ? DAY : 0);
  let at = shown;
  for (let n = 0; n < 3; n++) at += shown - local(at);
  return new Date(at).toISOString();
}

export function hand({ open, perform, done }) {
  form.addEventListener("input", () => sessionStorage.setItem(DRAFT, JSON.stringify(Object.fromEntries(new FormData(form)))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    const body = { number: given.number.trim().toUpperCase(), category: given.category, floor: +given.floor };
    for (const name of ["taken_at", "called_at", "finished_at"]) if (given[name]) body[name] = moment(given.date, clock(given[name]));
    for (const name of ["priority", "window"]) if (given[name]) body[name] = given[name];
    perform("/api/v1/tickets/hand", body, (reply) => {
      sessionStorage.removeItem(DRAFT);
      form.reset();
      done(body.finished_at ? [`${reply.number} 已录入，已办结`, "entered as served"] : [`${reply.number} 已录入，前面 ${reply.ahead} 人`, `entered, ${reply.ahead} ahead`]);
    });
  });
  return {
    open() {
      const kept = JSON.parse(sessionStorage.getItem(DRAFT) || "{}");
      for (const field of fields()) if (kept[field.name]) field.value = kept[field.name];
      open("hand");
    },
  };
}
