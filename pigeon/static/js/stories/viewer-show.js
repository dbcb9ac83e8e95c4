/* The show: whose story is seen, and what comes after it. */

import { settle } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { showStoryKeys } from "../ui/keyboard-help.js";
import { drawSide, makeBar } from "./viewer-bar.js";
import { bindGestures } from "./viewer-gestures.js";
import { bindHolds } from "./viewer-holds.js";
import { bindKeys } from "./viewer-keys.js";
import { makePeople } from "./viewer-people.js";
import { firstUnseen, prepare } from "./viewer-slides.js";
import { makeStory } from "./viewer-story.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const RESIST_PX = 40; // so far a story follows a finger that asks for the field

/** `leave` closes; `onPerson` hears whose stories are shown. */
export function makeShow({ leave, onPerson }) {
  const people = makePeople();
  const bar = makeBar({ toggle: () => story.toggle(), leave, step: press, person });
  const story = makeStory(bar, { next: () => step(1), gone, left: people.setUnseen });
  const { dialog } = bar;
  let someone = null; // whose slides are shown
  let turn = 0; // of asking for a person; a later one makes an earlier one void

  const find = (storyId) => someone?.slides.find((one) => one.dataset.story === storyId);

  // -- from one to the next -------------------------------------------------------------------------------------------

  function step(by, since = 0) {
    const slide = story.slide();
    if (!slide) return;
    const next = someone.slides[someone.slides.indexOf(slide) + by];
    if (story.isOver() && (next || by > 0)) takeOut(slide);
    if (next) story.show(next, someone, since);
    else if (by > 0) goOn();
    else person(-1, since, { orStay: true });
  }

  /** A press without a pointer is of a keyboard or a screen reader. */
  function press(by, event) {
    if (event.detail === 0) story.setManual();
    step(by, event.timeStamp);
  }

  async function goOn() {
    story.stop();
    const next = await people.neighbour(someone.username, 1, { unseen: true });
    if (next) open(next.username, 1);
    else leave();
  }

  async function person(by, since = 0, { orStay = false } = {}) {
    if (!someone) return;
    const next = await people.neighbour(someone.username, by);
    if (next) open(next.username, by);
    else if (orStay && story.slide() && !story.isOver()) story.show(story.slide(), someone, since);
    else if (by > 0) leave();
  }

  async function open(username, by = 0) {
    const mine = (turn += 1);
    story.stop();
    story.wait(true);
    try {
      const found = await people.load(username);
      if (mine === turn) enter(found, by);
    } catch (error) {
      if (mine !== turn) return;
      story.wait(false);
      if (error.status === 404) nobody(username, by);
      else bar.notify(text("story_failed"), { retry: () => (bar.notify(""), open(username, by)), close: leave });
    }
  }

  /** Their stories are over since the tray was drawn. */
  async function nobody(username, by) {
    const next = by ? await people.neighbour(username, by, { unseen: by > 0 }) : null;
    await people.drop(username);
    if (next) return open(next.username, by);
    if (!by) toast(text("story_none", { name: username }));
    return leave();
  }

  function enter(found, by) {
    if (!found.slides.length) return nobody(found.username, by);
    story.clear();
    someone = found;
    bar.slides.replaceChildren(...found.slides);
    settle(found.slides);
    bar.label(found.label);
    onPerson(found.username, found.label);
    story.show(found.slides[firstUnseen(found)], found);
    return drawSides();
  }

  async function drawSides() {
    const { username } = someone;
    const [previous, next] = await Promise.all([people.neighbour(username, -1), people.neighbour(username, 1)]);
    if (someone.username !== username) return;
    drawSide(bar.sides.previous, previous);
    drawSide(bar.sides.next, next);
    for (const [side, one] of [[bar.sides.next, next], [bar.sides.previous, previous]]) {
      const found = one && (await people.load(one.username).catch(() => null));
      if (!found?.slides.length || someone.username !== username) continue;
      const first = found.slides[firstUnseen(found)];
      prepare(first);
      drawSide(side, one, first);
    }
  }

  // -- what happens meanwhile -----------------------------------------------------------------------------------------

  function takeOut(slide) {
    someone.slides = someone.slides.filter((one) => one !== slide);
    slide.remove();
    if (slide !== story.slide()) story.redraw();
  }

  /** Somebody else deleted it, or it ended. */
  function gone(storyId) {
    const slide = find(storyId);
    if (slide && slide === story.slide()) story.over(slide);
    else if (slide) takeOut(slide);
  }

  /** Its author, who watches, deleted it. */
  function deleted(storyId) {
    const slide = find(storyId);
    if (!slide) return;
    const place = someone.slides.indexOf(slide);
    const isShown = slide === story.slide();
    takeOut(slide);
    if (!isShown) return;
    const next = someone.slides[place] ?? someone.slides[place - 1];
    if (next) story.show(next, someone);
    else goOn();
  }

  async function muted(username) {
    const next = await people.neighbour(username, 1, { unseen: true });
    await people.drop(username);
    if (username !== someone?.username) return;
    if (next) open(next.username, 1);
    else leave();
  }

  /** Somebody's stories changed: what is here already stays as it stands, with what is new behind it. */
  async function refresh(username) {
    if (username !== someone?.username) return people.forget(username);
    const found = await people.fresh(username).catch((error) => (error.status === 404 ? { slides: [] } : null));
    if (!found || someone?.username !== username) return undefined;
    const there = new Set(found.slides.map((one) => one.dataset.story));
    const fresh = found.slides.filter((one) => !find(one.dataset.story));
    const lost = someone.slides.filter((one) => !there.has(one.dataset.story));
    bar.slides.append(...fresh);
    settle(fresh);
    someone.slides = [...someone.slides, ...fresh];
    found.slides = someone.slides;
    lost.forEach((one) => gone(one.dataset.story));
    return fresh.length ? story.redraw() : undefined;
  }

  // -- what readers do ------------------------------------------------------------------------------------------------

  const inSlide = (selector) => story.slide()?.querySelector(selector);
  const act = {
    back: (since = performance.now()) => step(-1, since),
    next: (since = performance.now()) => step(1, since),
    person,
    toggle: story.toggle,
    byKeyboard: story.setManual,
    close: leave,
    reply: () => inSlide(".story-field input")?.focus(),
    like: () => inSlide('.story-reaction[value="❤️"]')?.click(),
    remove: () => inSlide('[data-part="delete"]')?.click(),
    help() {
      story.hold("sheet", true);
      showStoryKeys();
    },
    rest: () => dialog.focus(),
    isBusy: () => Boolean(dialog.querySelector("details[open]") || document.activeElement?.matches("input")),
    hold(isHeld, { hides = false } = {}) {
      story.hold("touch", isHeld);
      dialog.classList.toggle("is-held", isHeld && hides);
    },
    drag(dx, dy) {
      const isAside = Math.abs(dx) > Math.abs(dy);
      const [x, y] = isAside ? [dx, 0] : [0, Math.max(dy, -RESIST_PX)];
      bar.frame.style.transform = x || y ? `translate(${x}px, ${y}px)` : "";
    },
  };

  bindKeys(dialog, act);
  bindGestures(bar.frame, act);
  const refreshShown = () => someone && refresh(someone.username);
  const unbind = bindHolds(dialog, story, { refresh, refreshShown, deleted, gone, muted });
  bar.setPaused(false);
  if (calm.matches) story.setManual();

  return {
    dialog,
    start(username) {
      bar.label(text("stories_by", { name: username }));
      open(username);
    },
    end() {
      turn += 1;
      story.end();
      unbind();
    },
  };
}
