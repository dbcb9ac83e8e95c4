/* How long a story stays. It runs while nothing holds it: a finger, an open menu, a field that is typed in, a hidden tab, a
   picture that has not come, or the reader who paused it. */

/** `onEnd` is called when the time is over. */
export function makeTimer(onEnd) {
  const reasons = new Set();
  let running = null;

  function apply() {
    if (!running) return;
    if (reasons.size) running.pause();
    else running.play();
  }

  function stop() {
    if (!running) return;
    running.onfinish = null;
    running.cancel();
    running = null;
  }

  return {
    stop,
    /** For how long it has run, in milliseconds. */
    elapsed: () => Number(running?.currentTime ?? 0),
    start(fill, seconds, { from = 0 } = {}) {
      stop();
      running = fill.animate([{ transform: "scaleX(0)" }, { transform: "none" }], { duration: seconds * 1000, fill: "both" });
      running.currentTime = from;
      running.onfinish = () => {
        running = null;
        onEnd();
      };
      apply();
    },
    hold(reason, isHeld) {
      if (isHeld === reasons.has(reason)) return;
      if (isHeld) reasons.add(reason);
      else reasons.delete(reason);
      apply();
    },
  };
}
