/* The panel beside the rail, empty: rows in the geometry they will have. */

import { text } from "../core/strings.js";

const ROWS = 6;

function make(className, ...children) {
  const element = Object.assign(document.createElement("span"), { className });
  element.append(...children);
  return element;
}

function skeleton() {
  const lines = make("skeleton-lines", make("skeleton skeleton-line"), make("skeleton skeleton-line"));
  return make("row", make("skeleton skeleton-avatar"), lines);
}

export function makePanel() {
  const element = document.createElement("div");
  element.className = "notices-panel";
  element.tabIndex = -1;
  element.setAttribute("role", "dialog");
  element.setAttribute("aria-label", text("notifications"));
  element.setAttribute("aria-busy", "true");
  element.append(...Array.from({ length: ROWS }, skeleton));
  return element;
}
