import { act, refusal } from "./acts.js";

const said = document.getElementById("said");
addEventListener("click", async (event) => {
  const number = event.target.closest("[data-window]")?.dataset.window;
  if (!number) return;
  const answer = await act(`/api/v1/windows/${number}/sign-in`, {});
  if (answer.ok) location.assign(`/console/${number}`);
  else refusal(said, answer);
});
