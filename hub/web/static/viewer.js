// Pages of a file: arrows or PageUp/PageDown turn, + and - zoom, r rotates, Home and End jump. The hub draws each page.
import { say } from "./acts.js";

const WIDTHS = [600, 900, 1200, 1600, 2000];

function start(root) {
  const base = root.dataset.viewer;
  const count = Number(root.dataset.count);
  const paper = root.querySelector(".paper");
  const img = root.querySelector("img");
  const said = root.querySelector("[data-said]");
  const button = (name) => root.querySelector(`[data-act=${name}]`);
  const fit = WIDTHS.findIndex((width) => width >= Math.min(paper.clientWidth - 24, 1200));
  let page = 1;
  let zoom = fit < 0 ? 2 : fit;
  let turns = 0;

  function place() {
    // a turned picture keeps the room of an upright one, so it gets the room of its sides exchanged
    const [wide, high] = [img.naturalWidth, img.naturalHeight];
    const spare = turns % 2 ? (high - wide) / 2 : 0;
    img.style.transform = `rotate(${turns * 90}deg)`;
    img.style.margin = turns % 2 ? `${-spare}px ${spare}px` : "";
  }

  function show() {
    const address = `${base}${page}?width=${WIDTHS[zoom]}`;
    root.querySelector("[data-page]").textContent = page;
    button("back").disabled = page === 1;
    button("on").disabled = page === count;
    button("smaller").disabled = zoom === 0;
    button("larger").disabled = zoom === WIDTHS.length - 1;
    if (img.getAttribute("src") === address) return;
    paper.dataset.busy = "";
    img.alt = `第 ${page} 页 page ${page}`;
    img.src = address;
  }

  const acts = {
    back: () => (page = Math.max(page - 1, 1)),
    on: () => (page = Math.min(page + 1, count)),
    first: () => (page = 1),
    last: () => (page = count),
    smaller: () => (zoom = Math.max(zoom - 1, 0)),
    larger: () => (zoom = Math.min(zoom + 1, WIDTHS.length - 1)),
    turn: () => (turns = (turns + 1) % 4),
  };
  const keys = { ArrowLeft: "back", PageUp: "back", ArrowRight: "on", PageDown: "on", Home: "first", End: "last", "-": "smaller", "+": "larger", "=": "larger", r: "turn", R: "turn" };

  function act(name) {
    const before = page;
    acts[name]();
    if (page !== before) paper.scrollTo(0, 0);
    place();
    show();
  }

  img.addEventListener("load", () => {
    delete paper.dataset.busy;
    said.replaceChildren();
    place();
  });
  img.addEventListener("error", () => {
    delete paper.dataset.busy;
    say(said, "这一页不能显示。请刷新，或下载后查看。", "This page cannot be shown. Reload, or download the file.", "alarm");
  });
  root.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-act]");
    if (pressed) act(pressed.dataset.act);
  });
  root.addEventListener("keydown", (event) => {
    const name = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
    if (!name) return;
    event.preventDefault();
    act(name);
  });
  show();
  paper.focus({ preventScroll: true });
}

document.querySelectorAll("[data-viewer]").forEach(start);
