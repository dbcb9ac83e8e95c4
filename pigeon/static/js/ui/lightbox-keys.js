/* The keys and the wheel of the picture viewer. */

export const STEP = 1.5; // of a key, or a button
const PAN_PX = 80;
const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const LINE_PX = 16;
const PER_PX = 0.002;
const PINCH = 5; // on a trackpad, which says that Ctrl is held and moves by less
const MOST = 0.5;

/** Plus, minus and 0 zoom; arrows move what is zoomed, else they leaf by `step`. */
export function bindKeys(dialog, zoom, step) {
  function press(key) {
    const arrow = ARROWS[key];
    if (key === "+" || key === "=") zoom.by(STEP, { glides: true });
    else if (key === "-" || key === "_") zoom.by(1 / STEP, { glides: true });
    else if (key === "0") zoom.fit({ glides: true });
    else if (arrow && !zoom.isFitted()) zoom.pan(arrow[0] * PAN_PX, arrow[1] * PAN_PX, { glides: true });
    else if (arrow?.[0]) step(-arrow[0]);
    else return false;
    return true;
  }

  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/** Towards the pointer. */
export function bindWheel(stage, zoom) {
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const px = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY;
    const by = -px * PER_PX * (event.ctrlKey ? PINCH : 1);
    zoom.by(Math.exp(Math.min(Math.max(by, -MOST), MOST)), { at: zoom.pointOf(event) });
  }, { passive: false });
}
