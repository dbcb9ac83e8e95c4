/* Refused forms: the first wrong field comes into view and has the focus; what is typed in again is no longer called
   wrong. One behaviour for all forms: it goes by `aria-invalid` and by the words that `aria-describedby` names. */

const WRONG = '[aria-invalid="true"]';
const REFUSED = 400;

const isSeen = (element) => element.checkVisibility({ visibilityProperty: true });

function findFirst() {
  const root = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const find = (selector) => [...root.querySelectorAll(selector)].find(isSeen);
  return find(WRONG) ?? find('.notice-danger[tabindex="-1"]');
}

function showFirst() {
  const first = findFirst();
  first?.focus({ preventScroll: true });
  (first?.closest(".field, fieldset") ?? first)?.scrollIntoView({ block: "center", behavior: "instant" });
}

function forget(input) {
  input.removeAttribute("aria-invalid");
  const place = input.closest(".is-wrong");
  place?.classList.remove("is-wrong");
  for (const id of (input.getAttribute("aria-describedby") ?? "").split(" ")) {
    const words = id && document.getElementById(id);
    if (!words) continue;
    if (words.matches(".field-error")) words.hidden = true;
    else if (words.textContent.trim()) words.hidden = false;
  }
}

document.addEventListener("input", ({ target }) => target.matches(WRONG) && forget(target), { capture: true });

document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail.ctx?.response?.raw?.status >= REFUSED) showFirst();
});

if (findFirst()) showFirst();
