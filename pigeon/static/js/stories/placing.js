/* Where the words of a story stand on its stage: dragged, moved by arrow keys, or put to one of the places. They stay within
   the stage, as long as they are and however they grow. */

import { text } from "../core/strings.js";
import { drawStage } from "./stage.js";

const EDGE = 0.02;
const STEP = 0.02;
const FAR = 0.1;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** `half` is half of the words' own length, as a part of the stage's. */
function within(value, half) {
  const least = Math.min(0.5, half + EDGE);
  return Math.min(Math.max(value, least), 1 - least);
}

const percent = (value) => Math.round(100 * value);

/** Answers {put, fit}. `onMove` hears of every place that the words were brought to by hand, `say` what is to be heard of it. */
export function placing(stage, { onMove, say }) {
  /** @type {HTMLElement} */
  const words = stage.querySelector(".story-stage-text");
  let wanted = { x: Number(stage.dataset.x), y: Number(stage.dataset.y) };
  let grip = null; // from the pointer to the middle of the words, in pixels

  const here = () => ({ x: Number(stage.dataset.x), y: Number(stage.dataset.y) });
  const spoken = () => text("new_story_place", { x: `${percent(here().x)}\u00a0%`, y: `${percent(here().y)}\u00a0%` });

  /** Draws them as near to where they are wanted as they fit. */
  function fit() {
    const { clientWidth, clientHeight } = stage;
    if (!clientWidth) return; // not in sight: fitted when it is
    stage.dataset.x = within(wanted.x, words.offsetWidth / 2 / clientWidth).toFixed(4);
    stage.dataset.y = within(wanted.y, words.offsetHeight / 2 / clientHeight).toFixed(4);
    words.setAttribute("aria-label", text("new_story_words", { place: spoken() }));
    drawStage(stage);
  }

  function put(x, y) {
    wanted = { x, y };
    fit();
  }

  function move(x, y) {
    put(x, y);
    wanted = here();
    onMove();
  }

  words.addEventListener("pointerdown", (event) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    grip = { x: here().x * width + left - event.clientX, y: here().y * height + top - event.clientY };
    words.setPointerCapture(event.pointerId);
    words.classList.add("is-dragged");
  });
  words.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const { left, top, width, height } = stage.getBoundingClientRect();
    move((event.clientX + grip.x - left) / width, (event.clientY + grip.y - top) / height);
  });
  const release = () => {
    grip = null;
    words.classList.remove("is-dragged");
  };
  words.addEventListener("pointerup", release);
  words.addEventListener("pointercancel", release);
  words.addEventListener("keydown", (event) => {
    const way = KEYS[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? FAR : STEP;
    move(here().x + way[0] * step, here().y + way[1] * step);
    say(spoken());
  });
  return { put, fit };
}
