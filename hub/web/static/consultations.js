// Consultations: answers and the rest of the talk; what was typed outlives a reload and a restart of the hub.
import { act, say, refusal } from "./acts.js";

const { consultation } = document.documentElement.dataset;
const said = document.getElementById("said");
const waiting = () => say(said, "服务器没有应答，正在重试", "no answer yet, trying again", "attention");
const text = document.getElementById("text");
const place = `consultation/${consultation}`;
let busy = false;

async function perform(path, body) {
  if (busy) return null;
  busy = true;
  const answer = await act(`/api/v1/consultations${path}`, body, { waiting });
  busy = false;
  if (answer.ok) return answer.data;
  refusal(said, answer);
  return null;
}

if (text) {
  text.value = sessionStorage.getItem(place) || "";
  text.addEventListener("input", () => sessionStorage.setItem(place, text.value));
}

addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]));
  if (form.id === "enter") {
    for (const name of ["name", "phone"]) if (!fields[name]) delete fields[name];
    const made = await perform("", fields);
    if (made) location.assign(`/consultations/${made.consultation}`);
  } else if (form.id === "answer") {
    if (!(await perform(`/${consultation}/answer`, { text: fields.text, of_record: event.submitter?.dataset.record !== "no" }))) return;
    sessionStorage.removeItem(place);
    location.assign(`/consultations/${consultation}`);
  } else if (await perform(`/${consultation}/${form.dataset.act}`, fields)) location.assign("/consultations");
});

addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-mark]");
  if (pressed && (await perform(`/${consultation}/mark`, { n: Number(pressed.dataset.mark) }))) location.assign(`/consultations/${consultation}`);
});
