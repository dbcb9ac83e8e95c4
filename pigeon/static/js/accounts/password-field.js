/* Behaviour `password-field`: show and hide; for a new password a hint how easily it is guessed. */

import { text } from "../core/strings.js";
import { isGuessable } from "./guessable.js";

/** 0 (too short) to 4, from length and variety; what is refused has 1 at most, what is taken is not judged by it. */
export function strength(password, least = 8, names = []) {
  if ([...password].length < least) return 0;
  if (isGuessable(password, names)) return 1;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(password)).length;
  const distinct = new Set(password.toLowerCase()).size;
  if (distinct < 5 || /^(?:\d+|[a-z]+\d{0,4})$/i.test(password) && password.length < 12) return 1;
  const score = password.length + kinds * 2 + Math.min(distinct, 12) / 2;
  return score >= 24 ? 4 : score >= 19 ? 3 : 2;
}

/** The site's name, and those of the account: known, or in the fields of the same form. */
function namesOf(element, form) {
  const { username, email } = form?.elements ?? {};
  const typed = [username?.value, email?.value.split("@")[0]];
  return [document.body.dataset.site, ...JSON.parse(element.dataset.names), ...typed].filter(Boolean);
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
    const level = strength(input.value, input.minLength, namesOf(element, input.form));
    meter.hidden = !input.value;
    meter.dataset.level = input.value ? Math.max(level, 1) : 0;
    hint.hidden = false;
    hint.textContent = level ? text(`strength_${level}`) : fresh;
  });
}
