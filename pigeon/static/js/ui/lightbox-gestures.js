/* What a mouse and fingers do with a picture on its stage. */

const STILL_PX = 6;
const TWICE_MS = 350;
const NEAR_PX = 32;
const MISSED_PX = 24; // a tap so close to a picture meant it
const LEAF_PX = 60;

const distance = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** `step` leafs by -1 or 1, `close` is what a tap beside the picture means. */
export function bindGestures(stage, zoom, { step, close, isAlone }) {
  const fingers = new Map();
  let start = null; // where the first finger came down
  let isTap = false;
  let tapped = null;

  function isBeside({ clientX, clientY }) {
    const box = stage.firstElementChild.getBoundingClientRect();
    return clientX < box.left - MISSED_PX || clientX > box.right + MISSED_PX || clientY < box.top - MISSED_PX || clientY > box.bottom + MISSED_PX;
  }

  function pinch(before, after) {
    const middle = between(...before);
    const moved = between(...after);
    zoom.by(distance(...after) / (distance(...before) || 1), { at: middle });
    zoom.pan(moved.x - middle.x, moved.y - middle.y);
  }

  function drag(from, point) {
    if (!zoom.isFitted()) zoom.pan(point.x - from.x, point.y - from.y);
    else if (!isAlone && !isTap && start.isAlone) zoom.aside(point.x - start.x);
  }

  function leaf(point) {
    const by = point.x - start.x;
    const isAcross = Math.abs(by) > LEAF_PX && Math.abs(by) > Math.abs(point.y - start.y);
    if (!isAcross || !step(by < 0 ? 1 : -1)) zoom.aside(0);
  }

  function lift(event) {
    if (!fingers.has(event.pointerId)) return;
    const isLast = fingers.size === 1;
    fingers.delete(event.pointerId);
    if (!isLast || isTap || isAlone || !zoom.isFitted()) return;
    if (event.type === "pointerup" && start.isAlone) leaf(zoom.pointOf(event));
    else zoom.aside(0);
  }

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || fingers.size === 2) return;
    isTap = fingers.size === 0;
    if (isTap) start = { ...zoom.pointOf(event), isAlone: true };
    else start.isAlone = false;
    fingers.set(event.pointerId, zoom.pointOf(event));
    stage.setPointerCapture(event.pointerId);
  });

  stage.addEventListener("pointermove", (event) => {
    const from = fingers.get(event.pointerId);
    if (!from) return;
    const before = [...fingers.values()];
    const point = zoom.pointOf(event);
    if (distance(start, point) > STILL_PX) isTap = false;
    fingers.set(event.pointerId, point);
    if (fingers.size === 2) pinch(before, [...fingers.values()]);
    else drag(from, point);
  });

  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);

  stage.addEventListener("click", (event) => {
    if (!isTap) return;
    const isSecond = tapped && event.timeStamp - tapped.timeStamp < TWICE_MS
      && Math.hypot(event.clientX - tapped.clientX, event.clientY - tapped.clientY) < NEAR_PX;
    tapped = isSecond ? null : event;
    if (isSecond) zoom.toggle(zoom.pointOf(event));
    else if (isBeside(event)) close();
  });
}
