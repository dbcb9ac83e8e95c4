/* Short messages at the bottom: at most two, paused while pointed at; errors stay until closed. */

import { text } from "./strings.js";
import { placeToasts } from "./toast-place.js";

const LIFETIME_MS = 5000;
const MOST = 2;

function icon(name) {
  const holder = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
  use.setAttribute("href", `${sprite}#${name}`);
  holder.setAttribute("class", "icon icon-20");
  holder.setAttribute("aria-hidden", "true");
  holder.append(use);
  return holder;
}

function button(className, label, onClick) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = label;
  element.addEventListener("click", onClick);
  return element;
}

function dismiss(element) {
  element.classList.add("is-leaving");
  element.addEventListener("transitionend", () => element.remove(), { once: true });
  setTimeout(() => element.remove(), 400);
}

function expire(element) {
  let timer;
  const start = () => (timer = setTimeout(() => dismiss(element), LIFETIME_MS));
  const stop = () => clearTimeout(timer);
  element.addEventListener("pointerenter", stop);
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusin", stop);
  element.addEventListener("focusout", start);
  start();
}

function show(element, isError) {
  placeToasts();
  const place = document.querySelector(`[data-toasts="${isError ? "alert" : "status"}"]`);
  const close = button("toast-close", "", () => dismiss(element));
  close.setAttribute("aria-label", text("close"));
  close.append(icon("x"));
  element.append(close);
  element.removeAttribute("role");
  place.append(element);
  [...document.querySelectorAll("#toasts .toast")].slice(0, -MOST).forEach((old) => old.remove());
  if (!isError) expire(element);
}

/**
 * `action` is Undo or Try again.
 * @param {string} message
 * @param {{ category?: string, action?: { text: string, run: () => void } }} [options]
 */
export function toast(message, { category = "success", action } = {}) {
  const isError = category === "error";
  const element = document.createElement("div");
  const words = document.createElement("p");
  words.className = "toast-text";
  words.textContent = message;
  element.className = isError ? "toast toast-error" : "toast";
  element.append(icon(isError ? "circle-alert" : "circle-check"), words);
  if (action) element.append(button("toast-action", action.text, () => (dismiss(element), action.run())));
  show(element, isError);
  return element;
}

/** Behaviour `flash`: what the server said becomes a toast. */
export function flash(element) {
  if (!element.closest("#toasts")) show(element, element.dataset.toast === "error");
}
