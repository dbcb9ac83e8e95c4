/* Chooses the square of a new picture by drag, wheel, slider or arrow keys.
   The server cuts: it gets `crop` as "x,y,size": the corner as parts of width and height, the side as a part of the shorter side. */

import { text } from "../core/strings.js";

const SIDE = 560;
const MOST_ZOOM = 4;
const KEYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEY_STEP = 0.04;

function build(place) {
  const stage = document.createElement("div");
  stage.className = "cropper-stage";
  stage.tabIndex = 0;
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", text("crop_move"));
  const canvas = Object.assign(document.createElement("canvas"), { className: "cropper-canvas", width: SIDE, height: SIDE });
  const zoom = Object.assign(document.createElement("input"), {
    className: "cropper-zoom", type: "range", min: "1", max: String(MOST_ZOOM), step: "0.01", value: "1",
  });
  zoom.setAttribute("aria-label", text("crop_zoom"));
  stage.append(canvas);
  place.replaceChildren(stage, zoom);
  return { stage, canvas, zoom };
}

/** Shows the square of `bitmap` in `place` and writes it into `output` whenever it changes. */
export function choose(place, output, bitmap) {
  const { stage, canvas, zoom } = build(place);
  const short = Math.min(bitmap.width, bitmap.height);
  let centre = { x: bitmap.width / 2, y: bitmap.height / 2 };

  function draw() {
    const size = short / Number(zoom.value);
    const clamp = (value, most) => Math.min(Math.max(value, size / 2), most - size / 2);
    centre = { x: clamp(centre.x, bitmap.width), y: clamp(centre.y, bitmap.height) };
    const corner = { x: centre.x - size / 2, y: centre.y - size / 2 };
    canvas.getContext("2d").drawImage(bitmap, corner.x, corner.y, size, size, 0, 0, SIDE, SIDE);
    output.value = [corner.x / bitmap.width, corner.y / bitmap.height, size / short].map((part) => part.toFixed(5)).join();
  }

  function move(partX, partY) {
    const size = short / Number(zoom.value);
    centre = { x: centre.x - partX * size, y: centre.y - partY * size };
    draw();
  }

  stage.addEventListener("pointerdown", (event) => stage.setPointerCapture(event.pointerId));
  stage.addEventListener("pointermove", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) move(event.movementX / stage.clientWidth, event.movementY / stage.clientWidth);
  });
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom.value = String(Number(zoom.value) * (event.deltaY < 0 ? 1.08 : 1 / 1.08));
    draw();
  }, { passive: false });
  stage.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    event.preventDefault();
    move(...KEYS[event.key].map((part) => part * KEY_STEP));
  });
  zoom.addEventListener("input", draw);
  draw();
}
