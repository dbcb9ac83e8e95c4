/* The dialog of the picture viewer: what it shows, and its buttons. */

import { text } from "../core/strings.js";
import { bindGestures } from "./lightbox-gestures.js";
import { bindKeys, bindWheel, STEP } from "./lightbox-keys.js";
import { element, pictureOf, viewerButton } from "./lightbox-parts.js";
import { makeZoom } from "./lightbox-zoom.js";

/**
 * `links` are those that can be leafed through; `close` is what closing calls.
 * @param {HTMLAnchorElement[]} links
 * @param {() => void} close
 */
export function makeViewer(links, close) {
  let at = 0;
  const count = element("p", "lightbox-count");
  const status = element("p", "visually-hidden");
  const caption = element("p", "lightbox-caption");
  const picture = element("div", "lightbox-picture");
  const stage = element("div", "lightbox-stage", picture);
  const zoom = makeZoom(stage, picture, showLimits);
  const less = viewerButton("lightbox_out", "zoom-out", () => zoom.by(1 / STEP, { glides: true }));
  const more = viewerButton("lightbox_in", "zoom-in", () => zoom.by(STEP, { glides: true }));
  const fit = viewerButton("lightbox_fit", "maximize", () => zoom.fit({ glides: true }));
  const back = viewerButton("lightbox_previous", "chevron-left", () => step(-1), "lightbox-step lightbox-back");
  const next = viewerButton("lightbox_next", "chevron-right", () => step(1), "lightbox-step lightbox-next");
  const tools = element("div", "lightbox-tools", less, more, fit, viewerButton("close", "x", close));
  const dialog = element("dialog", "lightbox", element("header", "lightbox-bar", count, tools), stage, back, next, caption, status);

  function showLimits() {
    less.setAttribute("aria-disabled", String(zoom.isFitted()));
    fit.setAttribute("aria-disabled", String(zoom.isFitted()));
    more.setAttribute("aria-disabled", String(zoom.isLargest()));
  }

  function showSteps() {
    const words = { index: at + 1, count: links.length };
    const focused = [back, next].find((button) => button === document.activeElement);
    back.hidden = at === 0;
    next.hidden = at === links.length - 1;
    if (focused?.hidden) dialog.focus();
    if (links.length === 1) return;
    count.textContent = `${words.index} / ${words.count}`;
    status.textContent = text("lightbox_place", words);
  }

  function showWords(words = "") {
    caption.textContent = words;
    caption.hidden = !words;
    if (caption.scrollHeight > caption.clientHeight) caption.tabIndex = 0; // scrolled by keys
    else caption.removeAttribute("tabindex");
  }

  function showFailure() {
    showWords(text("lightbox_failed"));
    status.textContent = text("lightbox_failed");
  }

  function show(link) {
    at = links.indexOf(link);
    showWords(link.dataset.caption);
    showSteps();
    const { size, layers } = pictureOf(link, stage, { onSize: zoom.resize, onFailure: showFailure });
    picture.replaceChildren(...layers);
    zoom.start(size);
    link.dispatchEvent(new CustomEvent("lightbox:move", { bubbles: true }));
  }

  function step(by) {
    const link = links[at + by];
    if (link) show(link);
    return Boolean(link);
  }

  bindKeys(dialog, zoom, step);
  bindWheel(stage, zoom);
  bindGestures(stage, zoom, { step, close, isAlone: links.length === 1 });
  dialog.dataset.theme = "dark"; // pictures look best so, and its controls stay what they are
  dialog.tabIndex = -1;
  dialog.setAttribute("aria-label", text("lightbox"));
  count.setAttribute("aria-hidden", "true");
  status.setAttribute("role", "status");
  return { dialog, show, link: () => links[at] };
}
