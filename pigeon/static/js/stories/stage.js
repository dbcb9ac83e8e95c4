/* Behaviour `story-stage`: puts the words of a story where its author put them. Whoever changes `data-*` of a stage calls
   `drawStage` again. */

const DARK = 0.4; // below this much light a dark shadow would hide the letters

/** Relative luminance, near enough, of #rrggbb. */
function lightOf(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {HTMLElement} stage */
export function drawStage(stage) {
  const { x, y, color, background } = stage.dataset;
  /** @type {HTMLElement | null} */
  const words = stage.querySelector(".story-stage-text");
  const ground = stage.querySelector(".story-stage-ground rect");
  if (background && ground) ground.setAttribute("fill", background);
  if (!words) return;
  words.style.setProperty("--story-x", `${Number(x) * 100}%`);
  words.style.setProperty("--story-y", `${Number(y) * 100}%`);
  words.style.color = color;
  const isOnPicture = Boolean(stage.querySelector(".story-stage-picture"));
  words.classList.toggle("is-dark", isOnPicture && lightOf(color) < DARK);
}

export function storyStage(stage) {
  drawStage(stage);
}
