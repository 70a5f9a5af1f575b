// Deadlines: a sheet for each remedy; what others do shows when no sheet is open.
import { follow, root } from "./live.js";
import { opened, submitted } from "./sheets.js";

const people = JSON.parse(root.dataset.people);
let seen = null, later = 0;

addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-sheet]");
  if (!pressed) return;
  const dialog = document.getElementById(pressed.dataset.sheet), form = dialog.querySelector("form");
  form.reset();
  form.dataset.act = pressed.dataset.act;
  const choice = form.elements.to;
  choice?.replaceChildren(...(people[pressed.dataset.department] || []).map((name) => new Option(name)));
  dialog.showModal();
});
opened();
submitted({ done: () => location.reload() });

// At most every ten seconds, and never under somebody's hands.
function reload() {
  clearTimeout(later);
  later = setTimeout(() => (document.querySelector("dialog[open]") ? reload() : location.reload()), 10000);
}
follow(["review"], {
  snapshot: (payload) => {
    const position = payload.data?.position;
    if (position === undefined) return;
    if (seen !== null && position !== seen) reload();
    seen = position;
  },
});
