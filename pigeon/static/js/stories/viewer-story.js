/* One story on the screen: it waits for its picture, runs, is marked as seen, and may end under the eyes of who watches. */

import { text } from "../core/strings.js";
import { prepareAhead, refetch, whenPainted } from "./viewer-slides.js";
import { makeSeen } from "./viewer-seen.js";
import { makeTimer } from "./viewer-timer.js";

const OVER_S = 2.5; // so long it is said that a story is not there any more
const MOST_MS = 2 ** 31 - 1; // of a timeout

/** Calls `act` when the next frame is painted. */
function afterPaint(act) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel(); // its message comes after the frame
    port1.onmessage = act;
    port2.postMessage(null);
  });
}

/** How long it took from a tap until its story was there, for whoever looks at the browser's measures. */
const measure = (since) => performance.measure("story-shown", { start: since, end: performance.now() });

/** `bar` is what stands around it. `next` goes on, `gone` hears of a story that is not there, `left` how many are unseen. */
export function makeStory(bar, { next, gone, left }) {
  const { dialog } = bar;
  const timer = makeTimer(next);
  const seen = makeSeen(gone);
  let [someone, slide, fill, ending] = [null, null, null, null];
  let [isPaused, isManual] = [false, false];

  const at = () => someone.slides.indexOf(slide);
  const isOver = () => Boolean(slide?.classList.contains("is-over"));
  const wait = (isWaiting) => dialog.classList.toggle("is-waiting", isWaiting);

  function run(seconds, from = 0) {
    if (isManual) fill?.classList.add("is-full");
    else if (fill) timer.start(fill, seconds, { from });
  }

  function watch() {
    const { username } = someone;
    seen.watch(slide, someone, (count) => left(username, count));
  }

  function onArrived(shown) {
    if (shown !== slide || isOver()) return;
    timer.hold("loading", false);
    wait(false);
    bar.notify("");
    watch();
  }

  function onFailed(shown) {
    if (shown !== slide || isOver()) return;
    wait(false);
    bar.notify(text("story_failed"), { retry: () => again(shown), story_skip: next });
  }

  function again(shown) {
    bar.notify("");
    dialog.focus();
    refetch(shown);
    awaitPicture(shown);
  }

  function awaitPicture(shown) {
    timer.hold("loading", true);
    wait(true);
    whenPainted(shown, { arrived: () => onArrived(shown), failed: () => onFailed(shown) });
  }

  /** Nothing of the present one goes on. */
  function stop() {
    seen.stop();
    timer.stop();
    clearTimeout(ending);
  }

  function clear() {
    stop();
    bar.notify("");
    slide?.classList.remove("is-shown");
    slide?.querySelector("details[open]")?.removeAttribute("open");
    slide = null;
  }

  function draw() {
    fill = bar.drawSegments(someone.slides.length, at());
    run(someone.seconds, timer.elapsed());
  }

  /** There are more or fewer of them. */
  function redraw() {
    if (isOver() || !slide) return;
    draw();
    prepareAhead(someone.slides, at());
  }

  function show(wanted, person, since = 0) {
    const hadFocus = slide?.contains(document.activeElement);
    clear();
    [slide, someone] = [wanted, person];
    slide.classList.add("is-shown");
    if (hadFocus || !dialog.contains(document.activeElement)) dialog.focus();
    awaitPicture(slide);
    draw();
    afterPaint(() => {
      if (since) measure(since);
      if (slide === wanted) prepareAhead(person.slides, at());
    });
    bar.say(text("story_place", { index: at() + 1, count: someone.slides.length, name: someone.username }));
    const rest = new Date(slide.dataset.expires).getTime() - Date.now() - someone.lead;
    ending = setTimeout(() => over(wanted), Math.min(Math.max(0, rest), MOST_MS));
  }

  /** It ended, or was deleted: a sentence, then what comes next. */
  function over(ended) {
    if (ended !== slide || isOver()) return;
    stop();
    slide.classList.add("is-over");
    timer.hold("loading", false);
    wait(false);
    bar.notify(text("story_over"), { story_next: next });
    if (slide.contains(document.activeElement)) dialog.focus();
    run(OVER_S);
  }

  return {
    show, over, redraw, stop, clear, isOver, wait,
    slide: () => slide,
    hold: timer.hold,
    setVisible(isVisible) {
      if (!isVisible) seen.stop();
      else if (slide && !isOver() && !dialog.classList.contains("is-waiting")) watch();
    },
    toggle() {
      if (isManual) return;
      isPaused = !isPaused;
      timer.hold("button", isPaused);
      bar.setPaused(isPaused);
    },
    /** Who goes by keys or by ear is not hurried: nothing runs any more. */
    setManual() {
      if (isManual) return;
      isManual = true;
      timer.stop();
      bar.setManual();
      run(0);
    },
    end() {
      stop();
      seen.flush();
    },
  };
}
