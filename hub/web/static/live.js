// Live updates. Tabs of one browser share one stream: whoever holds the lock opens it for all and passes events on.
// A page that hears nothing for 10 s says so in the row reserved for it and opens again every 3 to 7 s.
const SILENT = 10000, LOCK = "hall-live";
const me = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
const air = "BroadcastChannel" in window ? new BroadcastChannel(LOCK) : null;
const wants = new Map();
const shown = new Map();
const later = new Map();
let own = [], source = null, open = "", leading = false, retryAt = 0, heard = performance.now(), told = null;
let hooks = {}, pressed = null;

const union = () => [...new Set([...own, ...[...wants.values()].flat()])].sort();
const pause = () => 3000 + Math.random() * 4000;
const asField = (el) => el && el.matches("input,textarea,select");

export const root = document.documentElement;
export const hubNow = () => (told ? told.at + performance.now() - told.when : Date.now());
export const clock = (at, seconds) =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone: root.dataset.tz, hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined,
  }).format(at);

function take(kind, data) {
  heard = performance.now();
  if (root.dataset.stale) {
    delete root.dataset.stale;
    hooks.fresh?.();
  }
  if (kind === "ended") return location.reload();
  const page = root.dataset.assets;
  if (page && data.assets && data.assets !== page && !asField(document.activeElement)) return location.reload();
  if (kind !== "snapshot" || !own.includes(data.channel)) return;
  if (data.payload.at) told = { at: data.payload.at, when: heard };
  for (const [name, html] of Object.entries(data.payload.parts || {})) swap(name, html);
  hooks.snapshot?.(data.payload, data.channel);
}

// A field being filled in and a button being pressed stay as they are until they are left.
function swap(name, html) {
  if (shown.get(name) === html) return;
  shown.set(name, html);
  for (const el of document.querySelectorAll(`[data-part="${name}"]`)) {
    const active = document.activeElement;
    later.set(el, html);
    if ((asField(active) && el.contains(active)) || el.contains(pressed)) continue;
    put(el);
  }
}

function put(el) {
  const id = el.contains(document.activeElement) && document.activeElement.id;
  el.innerHTML = later.get(el);
  later.delete(el);
  if (id) document.getElementById(id)?.focus();
}

const free = () => setTimeout(() => {
  pressed = null;
  if (asField(document.activeElement) || !later.size) return;
  for (const el of later.keys()) put(el);
  hooks.snapshot?.({});
});
addEventListener("pointerdown", (event) => (pressed = event.target), true);
for (const kind of ["pointerup", "pointercancel", "focusout"]) addEventListener(kind, free, true);

function listen() {
  source?.close();
  const names = leading ? union() : own;
  open = names.join();
  source = new EventSource("/live?" + names.map((n) => "channel=" + encodeURIComponent(n)).join("&"));
  for (const kind of ["snapshot", "heartbeat", "ended"])
    source.addEventListener(kind, (event) => {
      const data = JSON.parse(event.data);
      if (leading && kind !== "ended") air?.postMessage({ kind, data });
      take(kind, data);
    });
  source.onerror = () => {
    if (source.readyState === 2) wants.clear();
    source.close();
    retryAt = performance.now() + pause();
  };
  retryAt = 0;
}

function tick() {
  const now = performance.now();
  hooks.tick?.();
  if (now - heard > SILENT) {
    if (!root.dataset.stale) {
      const at = clock(told ? told.at + heard - told.when : Date.now() - SILENT, true);
      root.dataset.stale = at;
      for (const el of document.querySelectorAll("[data-stale-time]")) el.textContent = at;
      hooks.stale?.(at);
    }
    if (!retryAt) retryAt = now + pause();
  }
  if (retryAt && now >= retryAt) listen();
}

// The hub has just answered somewhere else: no need to wait before opening again.
export const wake = () => retryAt && (retryAt = 1);

const say = (want) => air?.postMessage({ me, want });

export function refollow(names) {
  own = names;
  say(own);
  if (leading || !navigator.locks) listen();
}

export function follow(names, given) {
  own = names;
  hooks = given || {};
  if (root.dataset.at) told = { at: +root.dataset.at, when: performance.now() };
  setInterval(tick, 1000);
  if (!air || !navigator.locks) return listen();
  air.onmessage = ({ data }) => {
    if (data.want) {
      if (data.want.length) wants.set(data.me, data.want);
      else wants.delete(data.me);
      if (leading && union().join() !== open) listen();
    } else if (data.roll) say(own);
    else if (!source || !leading) take(data.kind, data.data);
  };
  addEventListener("pagehide", () => say([]));
  say(own);
  navigator.locks.request(LOCK, () => {
    leading = true;
    listen();
    air.postMessage({ roll: 1 });
    return new Promise(() => {});
  });
}
