import { act, say, refusal } from "./acts.js";

const $ = (id) => document.getElementById(id);
const said = $("said");

async function perform(path, body, options, done) {
  const answer = await act(path, body, { tries: 3, ...options });
  if (!answer.ok) {
    said.scrollIntoView({ block: "center" });
    return refusal(said, answer);
  }
  (done || (() => location.reload()))(answer.data);
}

const values = (form) => Object.fromEntries(new FormData(form));
const onSubmit = (id, run) => $(id)?.addEventListener("submit", (event) => {
  event.preventDefault();
  run(values(event.target));
});

onSubmit("new-account", (body) => perform("/api/v1/accounts", { ...body, head: body.head === "true" }));
onSubmit("new-token", (body) => perform("/api/v1/tokens", body, {}, (token) => {
  const code = document.createElement("code");
  code.textContent = token.token;
  $("secret").replaceChildren("令牌只显示这一次，请抄下：", code);
}));
onSubmit("new-block", (body) => perform("/api/v1/case-numbers", { ...body, first: Number(body.first), last: Number(body.last) }));
onSubmit("close-form", (body) => perform("/api/v1/day/close", body));
$("close-day")?.addEventListener("click", () => $("confirm-close").showModal());

addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-account],[data-token],[data-close]");
  if (!pressed) return;
  if ("close" in pressed.dataset) $("confirm-close").close();
  else if (pressed.dataset.token) perform(`/api/v1/tokens/${pressed.dataset.token}`, undefined, { method: "DELETE" });
  else perform(`/api/v1/accounts/${encodeURIComponent(pressed.dataset.account)}`, { disabled: pressed.dataset.disabled === "true" }, { method: "PATCH" });
});
say(said, "", "");
