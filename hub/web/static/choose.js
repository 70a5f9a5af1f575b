import { act, say, refusal } from "./acts.js";
const root = document.documentElement;

const said = document.getElementById("said"), ask = document.getElementById("ask"), title = document.getElementById("ask-title");
let intent = null;

function confirm(zh, en, run) {
  intent = run;
  say(title, zh, en);
  title.className = "";
  ask.showModal();
}
ask.addEventListener("submit", (event) => event.submitter?.value === "yes" && intent());

async function signIn(number, body) {
  const answer = await act(`/api/v1/windows/${number}/sign-in`, body);
  if (answer.ok) return location.assign(`/console/${number}`);
  refusal(said, answer);
  const { code, detail } = answer.data || {};
  if (code === "clerk-elsewhere") confirm(`${detail.zh}改到 ${number} 号窗口签到？`, `${detail.en} Move to ${number}?`, () => signIn(number, { move: true }));
}

addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-window]")?.dataset;
  if (!chosen) return;
  const { window: number, clerk } = chosen;
  if (!clerk || clerk === root.dataset.me) return signIn(number, {});
  confirm(`接手 ${number} 号窗口？${clerk} 将签退，正在办的号码留在窗口。`, `Take over window ${number}? ${clerk} is signed out, a visit there stays.`, () => signIn(number, {}));
});
