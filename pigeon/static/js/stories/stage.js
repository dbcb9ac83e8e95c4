/* Behaviour `story-stage`: puts the words of a story where its author put them. Whoever changes `data-*` of a stage calls
   `drawStage` again. */

const DARK = 0.4; // below this much light a dark shadow would hide the letters
const MARGIN = 0.02; // of the stage, between words and its edge

/** Relative luminance, near enough, of #rrggbb. */
function lightOf(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A place from which so wide a thing, in parts of the stage, does not reach over its edge. */
function held(place, share) {
  const half = Math.min(share / 2 + MARGIN, 0.5);
  return Math.min(Math.max(place, half), 1 - half);
}

/** @param {HTMLElement} stage */
export function drawStage(stage) {
  const { x, y, color, background } = stage.dataset;
  /** @type {HTMLElement | null} */
  const words = stage.querySelector(".story-stage-text");
  const ground = stage.querySelector(".story-stage-ground rect");
  if (background && ground) ground.setAttribute("fill", background);
  if (!words) return;
  const [width, height] = [stage.clientWidth || Infinity, stage.clientHeight || Infinity]; // nothing while it is not laid out
  words.style.setProperty("--story-x", `${held(Number(x), words.offsetWidth / width) * 100}%`);
  words.style.setProperty("--story-y", `${held(Number(y), words.offsetHeight / height) * 100}%`);
  words.style.color = color;
  const isOnPicture = Boolean(stage.querySelector(".story-stage-picture"));
  words.classList.toggle("is-dark", isOnPicture && lightOf(color) < DARK);
}

const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => drawStage(/** @type {HTMLElement} */ (target))));

export function storyStage(stage) {
  drawStage(stage);
  sizes.observe(stage); // also the first time that it is laid out
}
