// Online filings: taking one opens it at the clerk's window; who came first keeps it.
import { act, say, refusal } from "./acts.js";

const root = document.documentElement;
const said = document.getElementById("said");
const waiting = () => say(said, "服务器没有应答，正在重试", "no answer yet, trying again", "attention");
let busy = false;

addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-take],[data-leave]");
  if (!pressed || busy) return;
  busy = true;
  const { take, leave } = pressed.dataset;
  const { window: at } = root.dataset;
  const answer = take
    ? await act(`/api/v1/cases/${take}/filing/take`, { window: at }, { waiting })
    : await act(`/api/v1/cases/${leave}/filing/leave`, {}, { waiting });
  busy = false;
  if (!answer.ok) return refusal(said, answer);
  if (take) location.assign(at ? `/desk/${at}?case=${take}` : `/cases/${take}`);
  else location.reload();
});
