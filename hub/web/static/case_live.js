// An open case follows its changes. The page is asked for anew and what changed is put in its place; an open form and a
// field being filled in stay until they are left, and so does what was said and what somebody asked to see.
import { follow, root } from "./live.js";
import { say } from "./acts.js";
import { attend } from "./case_acts.js";

const parts = () => document.querySelectorAll("[data-live]");
const later = new Map();
let fetching = false, wanted = 0;

const held = (part) => part.querySelector("dialog[open]") || (part.contains(document.activeElement) && document.activeElement.matches("input,textarea,select"));

function put(part, fresh) {
  const active = part.contains(document.activeElement) ? document.activeElement : null;
  for (const kept of part.querySelectorAll("#said,[data-person][data-shown]")) fresh.querySelector(kept.id === "said" ? "#said" : "[data-person]")?.replaceWith(kept);
  part.replaceChildren(...fresh.childNodes);
  part.querySelectorAll("dialog.ask form").forEach(attend);
  if (active?.isConnected) active.focus({ preventScroll: true });
  else if (active?.id) document.getElementById(active.id)?.focus({ preventScroll: true });
}

function settle() {
  for (const [name, fresh] of later) {
    const part = document.querySelector(`[data-live="${name}"]`);
    if (!part || held(part)) continue;
    later.delete(name);
    put(part, fresh);
  }
}

const served = new Map();
function take(page) {
  root.dataset.position = page.documentElement.dataset.position;
  document.title = page.title;
  for (const part of parts()) {
    const name = part.dataset.live, fresh = page.querySelector(`[data-live="${name}"]`);
    if (!fresh || (served.get(name) ?? part.innerHTML) === fresh.innerHTML) continue;
    served.set(name, fresh.innerHTML);
    later.set(name, fresh);
  }
  settle();
  const open = later.size && document.querySelector("dialog[open] .said");
  if (open) say(open, "办件刚有变化，关闭后显示；提交前请核对。", "The case has just changed; look at it before you send this.", "attention");
}

async function refresh() {
  if (fetching) return;
  fetching = true;
  while (wanted > Number(root.dataset.position)) {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
    const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page || page.documentElement.dataset.case !== root.dataset.case) break;
    take(page);
  }
  fetching = false;
}

// Wait until the event is over: the focus is still on its way to where it goes.
for (const kind of ["close", "focusout"]) addEventListener(kind, () => later.size && setTimeout(settle), true);

follow([`case/${root.dataset.case}`], {
  snapshot: (payload) => {
    wanted = Math.max(wanted, payload.data?.position ?? 0);
    refresh();
  },
});
