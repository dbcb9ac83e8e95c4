/* What the viewer of stories is made of, around its slides: the bar of segments, buttons, the two people beside, what a screen
   reader hears, and the words that stand where a story does not. */

import { text } from "../core/strings.js";
import { element, icon } from "../ui/lightbox-parts.js";
import { drawAvatar } from "../users/avatar-picture.js";

function button(key, iconName, act, className = "") {
  const made = element("button", `icon-button ${className}`, icon(iconName));
  made.type = "button";
  made.title = text(key);
  made.setAttribute("aria-label", text(key));
  made.addEventListener("click", act);
  return made;
}

function wordButton(key, act) {
  const made = element("button", "button button-secondary", text(key));
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function makeSide(by, act) {
  const side = element("button", `story-viewer-side ${by < 0 ? "is-previous" : "is-next"}`);
  side.type = "button";
  side.hidden = true;
  side.addEventListener("click", () => act.person(by));
  return side;
}

/** Shows on a side who comes there; `slide` is their story, when it is here already. */
export function drawSide(side, someone, slide) {
  side.hidden = !someone;
  if (!someone) return side.replaceChildren();
  const stage = slide?.querySelector(".story-stage")?.cloneNode(true);
  const picture = element("span", "story-viewer-side-picture", ...(stage ? [stage] : []));
  const avatar = drawAvatar(someone, 56);
  const who = element("span", "story-viewer-side-who", avatar, element("span", "one-line", someone.username));
  stage?.removeAttribute("data-behavior");
  [picture, avatar].forEach((one) => one.setAttribute("aria-hidden", "true"));
  side.title = text("stories_by", { name: someone.username });
  return side.replaceChildren(picture, who);
}

/** `act` is what buttons do: `toggle`, `leave`, `step`, `person`. */
export function makeBar(act) {
  const segments = element("div", "story-viewer-segments");
  const pause = button("story_pause", "pause", act.toggle);
  const tools = element("div", "story-viewer-tools", pause, button("close", "x", act.leave));
  const back = button("story_previous", "chevron-left", (event) => act.step(-1, event), "story-viewer-step is-back");
  const next = button("story_next", "chevron-right", (event) => act.step(1, event), "story-viewer-step is-next");
  const slides = element("div", "story-viewer-slides");
  const notice = element("div", "story-viewer-notice");
  const frame = element("div", "story-viewer-frame", segments, tools, slides, notice, back, next);
  const status = element("p", "visually-hidden");
  const sides = { previous: makeSide(-1, act), next: makeSide(1, act) };
  const dialog = element("dialog", "story-viewer", sides.previous, frame, sides.next, status);

  segments.setAttribute("aria-hidden", "true");
  notice.hidden = true;
  notice.setAttribute("role", "status");
  status.setAttribute("role", "status");
  dialog.dataset.theme = "dark";
  dialog.tabIndex = -1;

  return {
    dialog, frame, slides, sides,
    label(words) {
      dialog.setAttribute("aria-label", words);
    },
    say(words) {
      status.textContent = words;
    },
    setPaused(isPaused) {
      pause.setAttribute("aria-pressed", String(isPaused));
      pause.querySelector("use").setAttribute("href", icon(isPaused ? "play" : "pause").querySelector("use").getAttribute("href"));
    },
    /** Nothing runs away: there is nothing to pause. */
    setManual() {
      dialog.classList.add("is-manual");
      pause.hidden = true;
    },
    /** Draws `count` segments, those before `at` full; answers what fills the present one. */
    drawSegments(count, at) {
      while (segments.children.length > count) segments.lastElementChild.remove();
      while (segments.children.length < count) segments.append(element("span", "story-viewer-segment", element("span", "story-viewer-fill")));
      const made = [...segments.children];
      made.forEach((one, n) => {
        one.classList.toggle("is-done", n < at);
        one.classList.toggle("is-current", n === at);
        one.firstElementChild.classList.remove("is-full");
      });
      return made[at]?.firstElementChild;
    },
    /** Words in the place of the story, and buttons by the keys of their sentences. */
    notify(words, buttons = {}) {
      notice.hidden = !words;
      if (notice.hidden) return notice.replaceChildren();
      const tries = Object.entries(buttons).map(([key, run]) => wordButton(key, run));
      return notice.replaceChildren(element("p", "story-viewer-words", words), element("div", "story-viewer-tries", ...tries));
    },
  };
}
