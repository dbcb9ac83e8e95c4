/* Behaviour `password-field`: show and hide; for a new password a hint how easily it is guessed. */

import { text } from "./strings.js";

/** 0 (too short) to 4, from length and variety; a hint, never a rule. */
export function strength(password, least = 8) {
  if (password.length < least) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  const distinct = new Set(password.toLowerCase()).size;
  if (distinct < 5 || /^(?:\d+|[a-z]+\d{0,4})$/i.test(password) && password.length < 12) return 1;
  const score = password.length + kinds * 2 + Math.min(distinct, 12) / 2;
  return score >= 24 ? 4 : score >= 19 ? 3 : 2;
}

function toggle(input, button) {
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.title = text(shown ? "hide_password" : "show_password");
  input.focus();
}

export function passwordField(element) {
  const input = element.querySelector("input");
  const button = element.querySelector('[data-part="show"]');
  button.addEventListener("click", () => toggle(input, button));
  input.form?.addEventListener("submit", () => (input.type = "password"));

  const meter = element.querySelector('[data-part="strength"]');
  if (!meter) return;
  const hint = element.querySelector('[data-part="hint"]');
  const fresh = hint.textContent;
  input.addEventListener("input", () => {
    const level = strength(input.value, input.minLength);
    meter.hidden = !input.value;
    meter.dataset.level = input.value ? Math.max(level, 1) : 0;
    hint.hidden = false;
    hint.textContent = level ? text(`strength_${level}`) : fresh;
  });
}
