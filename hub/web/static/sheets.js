// Sheets: buttons that open a dialog, buttons that post, forms that become an act's body.
import { act, say, refusal } from "./acts.js";

const main = () => document.getElementById("said");
const near = (el) => el.closest("dialog")?.querySelector(".said") || main();
let busy = false;

export function opened() {
  addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-open],[data-close]");
    if (!pressed) return;
    if ("close" in pressed.dataset) pressed.closest("dialog").close();
    else document.getElementById(pressed.dataset.open)?.showModal();
  });
}

async function perform(el, path, body, done, failed) {
  if (busy) return;
  busy = true;
  const answer = await act(path, body, { waiting: () => say(near(el), "服务器没有应答，正在重试", "no answer yet, trying again", "attention") });
  busy = false;
  if (answer.ok) return done(el, answer);
  if (answer.status === 401) return location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  refusal(near(el), answer);
  failed?.(el, answer);
}

export function posted({ done }) {
  addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-post]");
    if (pressed) perform(pressed, pressed.dataset.post, JSON.parse(pressed.dataset.body || "{}"), done);
  });
}

// A field `defect:<material>` that is filled in is a defect; numbers, yes and no, and empty choices as the API has them.
function bodyOf(form, submitter, text) {
  const body = { ...JSON.parse(form.dataset.fixed || "{}") };
  const defects = [];
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name], said = value.trim();
    if (name.startsWith("defect:")) said && defects.push({ material: name.slice(7), what: said });
    else if (field?.type === "number") body[name] = Number(said);
    else if (said === "true" || said === "false") body[name] = said === "true";
    else if (said) body[name] = said;
  }
  if (defects.length) body.defects = defects;
  if (submitter?.dataset.verdict) body.verdict = submitter.dataset.verdict;
  if (form.dataset.text) body.text = text();
  return body;
}

export function submitted({ text = () => "", done, failed }) {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    perform(form, form.dataset.act, bodyOf(form, event.submitter, text), done, failed);
  });
}
