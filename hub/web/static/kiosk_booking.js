// Appointments at a kiosk: a booking code becomes a number, a free time becomes a booking code.
import { say, refusal } from "./acts.js";

const $ = (id) => document.getElementById(id);
const WEEKDAYS = ["日", "一", "二", "三", "四", "五", "六"];

export function booking({ device, typed, perform, show }) {
  if (!$("code-pad")) return { draw() {}, wipe() {}, pressed: () => false };
  let days = [], day = "", slot = "", category = "";

  function spaced(code) {
    return code.length > 4 ? `${code.slice(0, 4)} ${code.slice(4)}` : code;
  }
  function choice(text, data, set) {
    const button = document.createElement("button");
    Object.assign(button.dataset, data);
    button.textContent = text;
    button.setAttribute("aria-pressed", String(set));
    return button;
  }
  // A unit that the online hall sold while the line was cut: only its buyer knows what for.
  function arrive(wanted) {
    if (!typed.code) return;
    perform("check-in", wanted ? { code: typed.code, category: wanted } : { code: typed.code }, (reply) => {
      $("code-pad").close();
      show(reply);
    }, (answer) => {
      refusal($("code-said"), answer);
      const asked = answer.data?.code === "category-needed" ? answer.data.facts.categories.split(",") : [];
      $("code-categories").hidden = !asked.length;
      $("code-categories").replaceChildren(...asked.map((letter) => choice(document.querySelector(`[data-book="${letter}"]`)?.firstChild.textContent || letter, { arriveAs: letter }, false)));
    });
  }
  async function offer(letter) {
    category = letter;
    days = [];
    slot = "";
    say($("book-said"), "", "");
    try {
      const answer = await fetch(`/kiosk/${device}/slots?category=${letter}`);
      days = answer.ok ? await answer.json() : [];
    } catch {
      // said below: nothing can be had now
    }
    day = days[0]?.day || "";
    if (!days.length) say($("book-said"), "这几天都约满了，请现场取号。", "All times are taken: please take a number.", "attention");
    $("book-what").close();
    $("book-when").showModal();
    draw();
  }
  function reserve() {
    if (!slot) return;
    const body = { day, slot, category };
    if (typed.phone) body.phone = typed.phone;
    perform("appointments", body, (reply) => {
      $("book-when").close();
      $("booked-code").textContent = spaced(reply.code);
      $("booked-when").textContent = `${reply.day} ${reply.starts} ${reply.zh}`;
      $("booked").showModal();
    }, (answer) => refusal($("book-said"), answer));
  }
  function draw() {
    $("code-shown").textContent = spaced(typed.code);
    $("book-days").replaceChildren(...days.map((each) => choice(`${each.day.slice(5)} 周${WEEKDAYS[new Date(`${each.day}T12:00:00Z`).getUTCDay()]}`, { day: each.day }, each.day === day)));
    const shown = days.find((each) => each.day === day)?.slots || [];
    $("book-times").replaceChildren(...shown.map((each) => choice(each.starts, { slot: each.slot }, each.slot === slot)));
    document.querySelector("[data-reserve]").disabled = !slot;
  }

  return {
    draw,
    wipe() {
      days = [];
      day = slot = category = "";
      $("code-categories").hidden = true;
      for (const id of ["code-categories", "code-said", "book-said", "booked-code", "booked-when"]) $(id).replaceChildren();
    },
    // Whether the button was one of these.
    pressed(button) {
      const data = button.dataset;
      if (button.id === "arrive") $("code-pad").showModal();
      else if (button.id === "book") $("book-what").showModal();
      else if ("arrive" in data) arrive();
      else if (data.arriveAs) arrive(data.arriveAs);
      else if (data.book) offer(data.book);
      else if (data.day) [day, slot] = [data.day, ""];
      else if (data.slot) slot = data.slot;
      else if ("reserve" in data) reserve();
      else return false;
      return true;
    },
  };
}
