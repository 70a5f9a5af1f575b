// Appointments: book a slot, find a booking, move, cancel or check it in. The tables redraw themselves.
import { follow, root } from "./live.js";
import { act, say, refusal } from "./acts.js";

const $ = (id) => document.getElementById(id);
const API = "/api/v1/appointments";
const STATES = { booked: "已预约", "checked-in": "已签到", cancelled: "已取消", moved: "已改约", "no-show": "爽约" };
const free = JSON.parse(root.dataset.free);
let slot = "", one = {}, busy = false;

async function perform(place, path, body, done) {
  if (busy) return;
  busy = true;
  const answer = await act(API + path, body, { waiting: () => say(place, "服务器没有应答，正在重试", "no answer yet, trying again", "attention") });
  busy = false;
  if (answer.ok) return done(answer.data);
  refusal(place, answer);
  $("categories").hidden = answer.data?.code !== "category-needed";
}
const near = (id) => $(id).querySelector(".said");

function show(data) {
  one = { ...data };
  $("booking-code").textContent = one.code;
  $("booking-what").textContent = `${one.day} ${one.time} ${one.what} ${STATES[one.state]}`;
  near("booking").replaceChildren();
  near("booking").className = "said";
  $("categories").hidden = true;
  const open = one.state === "booked";
  document.querySelector("[data-do=check-in]").disabled = one.day !== root.dataset.today || !(open || one.state === "checked-in");
  document.querySelector("[data-do=cancel]").disabled = !open;
  $("move").hidden = !open;
  $("move").elements.to.replaceChildren(
    new Option("请选择时段", ""),
    ...Object.entries(free).flatMap(([day, slots]) => slots.filter((each) => each[3].includes(one.category)).map(([id, time, left]) => new Option(`${day} ${time}（余 ${left}）`, `${day} ${id}`))),
  );
  $("booking").showModal();
}
function told(zh, en) {
  $("booking").close();
  $("found").replaceChildren();
  say($("said"), `✓ ${zh}`, en);
}

function booked(reply) {
  $("book").close();
  $("booked-code").textContent = `${reply.code.slice(0, 4)} ${reply.code.slice(4)}`;
  $("booked-when").textContent = `${reply.day} ${reply.starts} ${reply.zh}`;
  $("booked").showModal();
}

const DOES = {
  "check-in": () => {
    const body = { code: one.code };
    if (!$("categories").hidden) body.category = $("category").value;
    perform(near("booking"), "/check-in", body, (reply) => told(`${one.code} 已签到，号码 ${reply.number}，${reply.floor} 层`, `checked in: ${reply.number}`));
  },
  cancel: () => perform(near("booking"), `/${one.day}/${one.code}/cancel`, {}, () => told(`${one.code} 已取消`, "cancelled")),
};

addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (!pressed) return;
  const data = pressed.dataset;
  if (data.book) {
    slot = data.book;
    $("book").querySelector("form").reset();
    near("book").replaceChildren();
    $("book-time").textContent = data.time;
    $("book").showModal();
  } else if (data.code) show(data);
  else if (data.do) DOES[data.do]();
  else if ("close" in data) pressed.closest("dialog").close();
});

$("book").querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const body = { day: root.dataset.day, slot };
  for (const [name, value] of new FormData(event.target)) if (value.trim()) body[name] = value.trim();
  perform(near("book"), "", body, booked);
});
$("move").addEventListener("submit", (event) => {
  event.preventDefault();
  const [day, to] = event.target.elements.to.value.split(" ");
  perform(near("booking"), `/${one.day}/${one.code}/move`, { day, slot: to }, (reply) => told(`已改到 ${reply.day} ${reply.starts}，预约码 ${reply.code}`, "moved"));
});

// Eleven digits are a phone, a long number an identity, anything else a code.
function named(text) {
  const plain = text.replace(/[\s()-]/g, "");
  if (/^(\+?86)?1\d{10}$/.test(plain)) return { phone: plain };
  return /^[0-9A-Za-z]{15,20}$/.test(plain) ? { identity: plain } : { code: plain.slice(0, 16) };
}
$("find").addEventListener("submit", (event) => {
  event.preventDefault();
  perform($("said"), "/find", named(event.target.elements.text.value), ({ found }) => {
    const time = (at) => new Intl.DateTimeFormat("en-GB", { timeZone: root.dataset.tz, hour: "2-digit", minute: "2-digit" }).format(new Date(at));
    $("found").replaceChildren(...found.map(({ day, booking, name, phone }) => {
      const button = document.createElement("button");
      button.className = "booking";
      Object.assign(button.dataset, { code: booking.code, day, state: booking.state, category: booking.category, time: time(booking.starts), what: [booking.category, name, phone].filter(Boolean).join(" · ") });
      button.textContent = `${day} ${time(booking.starts)} ${booking.code} ${name} ${phone} ${STATES[booking.state]}`;
      return button;
    }));
    say($("said"), found.length ? `找到 ${found.length} 个` : "没有找到预约。请核对，或请来人现场取号。", found.length ? "found" : "no booking found");
  });
});

follow([`appointments/${root.dataset.day}/${root.dataset.group}`], {});
