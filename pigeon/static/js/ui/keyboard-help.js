/* The list of keys: opened by `?`, and by the menu entry with the behaviour `keyboard-help`. */

import { text } from "../core/strings.js";
import { openDialog } from "./dialog.js";

/** @type {[string[], string][]} */
const LIST = [
  [["j"], "next"], [["k"], "previous"], [["Enter"], "open"], [["l"], "like"], [["c"], "comment"], [["s"], "save"],
  [["."], "fresh"], [["n"], "new"], [["/"], "search"], [["m"], "messages"],
  [["g", "h"], "home"], [["g", "e"], "explore"], [["g", "n"], "notifications"], [["g", "m"], "messages"], [["g", "p"], "profile"], [["g", "s"], "settings"], [["?"], "help"], [["Esc"], "close"],
];

/** @type {[string[], string][]} */
const STORY_LIST = [
  [["→"], "story_next"], [["←"], "story_previous"], [["]"], "person_next"], [["["], "person_previous"],
  [["Space"], "story_pause"], [["r"], "story_reply"], [["l"], "like"], [["Del"], "story_delete"],
];

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function keysOf(list) {
  const keys = element("dl", "keys");
  for (const [names, what] of list) {
    keys.append(element("dt", "", ...names.map((name) => element("kbd", "", name))), element("dd", "", text(`shortcut_${what}`)));
  }
  return keys;
}

function show(...parts) {
  const close = element("button", "button button-secondary", text("close"));
  close.type = "button";
  close.dataset.part = "close";
  const title = Object.assign(element("h2", "dialog-title", text("shortcuts")), { id: "keys-title" });
  const body = element("div", "dialog-body", ...parts);
  body.tabIndex = 0; // longer than a phone is high: arrows scroll what has the focus
  const dialog = element("dialog", "dialog", element("header", "dialog-head", title, close), body);
  dialog.setAttribute("aria-labelledby", "keys-title");
  document.body.append(dialog);
  openDialog(dialog).then(() => dialog.remove());
}

const headed = (title, list) => [element("h3", "keys-title", text(title)), keysOf(list)];

export const showKeys = () => show(keysOf(LIST), ...headed("shortcuts_stories", STORY_LIST));

/** From the viewer: its own keys alone, as no other does anything there. */
export const showStoryKeys = () => show(...headed("shortcuts_stories", [...STORY_LIST, [["Esc"], "close"]]));

/** Behaviour `keyboard-help`: the menu entry that lists the keys. */
export function keyboardHelp(button) {
  button.addEventListener("click", showKeys);
}
