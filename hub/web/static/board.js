import { follow, root, clock, hubNow } from "./live.js";

const PINNED = 15000, MOST = 3;
const until = new Map();
const calls = document.querySelector("main");
const time = document.querySelector("time");
const voice = document.querySelector("[aria-live]");
let first = true;

function pin() {
  const now = performance.now();
  let pinned = 0;
  for (const row of calls.querySelectorAll("[data-key]")) {
    const key = row.dataset.key;
    if (!until.has(key)) {
      until.set(key, now + PINNED - (first ? Math.min(row.dataset.age, PINNED) : 0));
      if (!first) voice.textContent = row.textContent;
    }
    row.classList.toggle("fresh", until.get(key) > now && pinned++ < MOST);
  }
  first = false;
  if (until.size > 500) until.clear();
}

pin();
follow(["board/" + root.dataset.scope], {
  snapshot: pin,
  tick() {
    pin();
    time.textContent = clock(hubNow());
  },
});
