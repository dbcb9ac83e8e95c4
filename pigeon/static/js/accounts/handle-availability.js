/* Behaviour `handle-availability`: says while typing whether a username can be had. */

import { text } from "../core/strings.js";

const PAUSE_MS = 250;

async function problemOf(username, signal) {
  const response = await fetch(`/signup/username?u=${encodeURIComponent(username)}`, { signal });
  if (!response.ok) return undefined;
  return (await response.json()).problem;
}

function say(element, problem) {
  const error = element.querySelector(".field-error");
  const hint = element.querySelector(".field-hint");
  element.classList.toggle("is-wrong", Boolean(problem));
  element.classList.toggle("is-right", problem === null);
  error.hidden = !problem;
  error.querySelector("span").textContent = problem ? text(`username_${problem}`) : "";
  hint.hidden = Boolean(problem);
  hint.textContent = problem === null ? text("username_free") : hint.dataset.fresh;
  element.querySelector("input").setAttribute("aria-invalid", String(Boolean(problem)));
}

export function handleAvailability(element) {
  const input = element.querySelector("input");
  const hint = element.querySelector(".field-hint");
  hint.dataset.fresh = hint.textContent;
  hint.setAttribute("aria-live", "polite");
  element.querySelector(".field-error").setAttribute("aria-live", "polite");
  let timer;
  let request;

  async function check() {
    request = new AbortController();
    try {
      say(element, await problemOf(input.value.trim(), request.signal));
    } catch (error) {
      if (error.name !== "AbortError") say(element, undefined);
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    request?.abort();
    if (input.value.trim()) timer = setTimeout(check, PAUSE_MS);
    else say(element, undefined);
  });
}
