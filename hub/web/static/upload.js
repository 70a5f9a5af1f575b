// One file to the hub by tus 1.0, going on where it broke off. -> {ok, sha256, data}
const TUS = { "Tus-Resumable": "1.0.0" };
const PIECE = 4 * 1024 * 1024;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const tokens = () => ({ "X-CSRF-Token": document.documentElement.dataset.csrf || "" });
const refused = async (answer) => ({ ok: false, data: await answer.json().catch(() => null) });
const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export async function upload(file, told = () => {}) {
  const made = await patiently(() => fetch("/api/v1/uploads", { method: "POST", headers: { ...TUS, ...tokens(), "Upload-Length": file.size, "Upload-Metadata": `filename ${encoded(file.name)}` } }));
  if (!made?.ok) return made ? refused(made) : { ok: false, data: null };
  const place = made.headers.get("Location");
  let offset = 0;
  for (let broken = 0; broken < 20; ) {
    try {
      const answer = await fetch(place, { method: "PATCH", headers: { ...TUS, ...tokens(), "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" }, body: file.slice(offset, offset + PIECE) });
      const sha256 = answer.headers.get("Material-Sha256");
      if (answer.ok && sha256) return { ok: true, sha256 };
      if (answer.ok) {
        offset = +answer.headers.get("Upload-Offset");
        told(offset / file.size);
        continue;
      }
      if (answer.status !== 409 && answer.status !== 423 && answer.status !== 503) return refused(answer);
    } catch {
      // no answer: what arrived is asked for below
    }
    await wait(Math.min(500 * ++broken, 3000));
    const head = await fetch(place, { method: "HEAD", headers: TUS }).catch(() => null);
    if (head?.ok) offset = +head.headers.get("Upload-Offset");
  }
  return { ok: false, data: null };
}

async function patiently(ask) {
  for (let tried = 1; tried <= 20; tried++) {
    const answer = await ask().catch(() => null);
    if (answer && answer.status !== 503) return answer;
    await wait(Math.min(500 * tried, 3000));
  }
  return null;
}
