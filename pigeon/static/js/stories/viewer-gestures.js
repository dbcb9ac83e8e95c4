/* Fingers, and the mouse, on the story that is shown: a tap goes back or on, a hold pauses, a swipe changes the person, closes or
   answers. Buttons, links and fields keep what they do. */

const HOLD_MS = 200;
const STILL_PX = 10;
const SWIPE_PX = 60;
const BACK_PART = 1 / 3;
const CONTROLS = "a, button, summary, input, .menu-list, .toasts";

/** `act.isBusy()` says that a tap only ends what is open: a menu, or typing. */
export function bindGestures(area, act) {
  let touch = null;

  function end() {
    clearTimeout(touch.timer);
    const ended = touch;
    touch = null;
    act.drag(0, 0);
    act.hold(false);
    return ended;
  }

  function swipe(dx, dy, at) {
    if (Math.abs(dx) > Math.abs(dy)) {
      if (Math.abs(dx) >= SWIPE_PX) act.person(dx < 0 ? 1 : -1, at);
    } else if (dy >= SWIPE_PX) act.close();
    else if (dy <= -SWIPE_PX) act.reply();
  }

  function tap({ clientX, timeStamp }) {
    const { left, width } = area.getBoundingClientRect();
    if (clientX - left < width * BACK_PART) act.back(timeStamp);
    else act.next(timeStamp);
  }

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || touch || event.target.closest(CONTROLS)) return;
    touch = { id: event.pointerId, x: event.clientX, y: event.clientY, isBusy: act.isBusy(), isHeld: false, isMoved: false };
    area.setPointerCapture(event.pointerId);
    act.hold(true);
    touch.timer = setTimeout(() => {
      touch.isHeld = true;
      act.hold(true, { hides: true });
    }, HOLD_MS);
  });

  area.addEventListener("pointermove", (event) => {
    if (event.pointerId !== touch?.id || touch.isHeld) return;
    const [dx, dy] = [event.clientX - touch.x, event.clientY - touch.y];
    if (!touch.isMoved && Math.hypot(dx, dy) < STILL_PX) return;
    touch.isMoved = true;
    clearTimeout(touch.timer);
    act.drag(dx, dy);
  });

  area.addEventListener("pointerup", (event) => {
    if (event.pointerId !== touch?.id) return;
    const { x, y, isHeld, isMoved, isBusy } = end();
    if (isHeld) return;
    if (isMoved) swipe(event.clientX - x, event.clientY - y, event.timeStamp);
    else if (isBusy) act.rest();
    else tap(event);
  });

  area.addEventListener("pointercancel", (event) => event.pointerId === touch?.id && end());
  area.addEventListener("contextmenu", (event) => touch && event.preventDefault()); // a finger that holds still means none
}
