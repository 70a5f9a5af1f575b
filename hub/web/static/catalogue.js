import { act, say, refusal } from "./acts.js";

const $ = (id) => document.getElementById(id);
const said = $("said");

// -> the file's bytes in base64, as JSON carries them
const base64 = (file) => new Promise((done, failed) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
  reader.onerror = () => failed(reader.error);
  reader.readAsDataURL(file);
});

async function check() {
  const file = $("file").files[0];
  const mapping = $("mapping").files[0];
  if (file.size > 20 * 1024 * 1024) return say(said, "文件超过 20 MB，没有上传。", "The file is larger than 20 MB.", "alarm");
  say(said, "正在检查…", "Checking…", "");
  $("report").replaceChildren();
  const body = { name: file.name, content: await base64(file), mapping: mapping ? await mapping.text() : null };
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.documentElement.dataset.csrf };
  const answer = await fetch("/catalogue/import", { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) return refusal(said, { data: await answer.json().catch(() => null) });
  say(said, "", "");
  $("report").innerHTML = await answer.text();
  $("report-title").focus();
}

const unanswered = () => say(said, "服务器没有应答，请稍后再试。", "No answer from the server. Try again later.", "alarm");

$("upload").addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  button.disabled = true;
  check().catch(unanswered).finally(() => { button.disabled = false; });
});

addEventListener("submit", async (event) => {
  const form = event.target.closest("#publish");
  if (!form) return;
  event.preventDefault();
  event.submitter.disabled = true;
  const days = new FormData(form);
  const body = { import: form.dataset.import, valid_from: days.get("valid_from") || null, valid_to: days.get("valid_to") || null, take_good: form.dataset.good === "true" };
  const answer = await act("/api/v1/catalogue/versions", body, { tries: 3 });
  event.submitter.disabled = false;
  if (!answer.ok) {
    said.scrollIntoView({ block: "center" });
    return refusal(said, answer);
  }
  location.reload();
});
