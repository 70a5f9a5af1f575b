// Commands: one idempotency key per intent, kept over retries, so that a double tap or a lost answer never acts twice.
const tokens = () => ({ "X-CSRF-Token": document.documentElement.dataset.csrf || "" });
const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// -> {ok, status, data}; `waiting` is told when the hub does not answer and the same intent is sent again.
export async function act(path, body, { method = "POST", tries = 20, waiting } = {}) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key(), ...tokens() };
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
      if (answer.status === 503 && attempt < tries) throw new TypeError("not ready");
      const text = await answer.text();
      return { ok: answer.ok, status: answer.status, data: text ? JSON.parse(text) : null };
    } catch (error) {
      if (attempt >= tries) return { ok: false, status: 0, data: { detail: { zh: "服务器没有应答，请稍后再试。", en: "No answer from the server. Try again later." } } };
      waiting?.();
      await wait(Math.min(500 * attempt, 3000));
    }
  }
}

export function say(el, zh, en, kind) {
  el.replaceChildren();
  el.className = "said" + (kind ? " " + kind : "");
  const small = document.createElement("span");
  small.lang = "en";
  small.textContent = en;
  el.append(zh + " ", small);
}

export const refusal = (el, answer) => say(el, answer.data?.detail?.zh || "请求未被受理。", answer.data?.detail?.en || "The request was refused.", "alarm");
