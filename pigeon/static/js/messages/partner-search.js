/* Behaviour `partner-search`: the people below follow what is typed; arrow keys go into them, Enter takes the first. Safe while
   a Hangul syllable is being composed: its keys belong to the input method, and the unfinished syllable is searched. */

import { fetchDocument, settle, withParameter } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { latest } from "../notifications/latest.js";

const PAUSE_MS = 180;
const REACHED = "a.picker-person, .picker-send:not(:disabled), .older a, .empty a";

export function partnerSearch(form) {
  const picker = form.closest("[data-picker]");
  const input = form.querySelector("input");
  const fetchLast = latest(fetchDocument);
  let timer = null;
  let shown = input.value;

  const found = () => picker.querySelector('[data-part="found"]');
  const reached = () => [...found().querySelectorAll(REACHED)];

  function say(key, values) {
    found().querySelector('[data-part="said"]').textContent = text(key, values);
  }

  function put(page) {
    const fresh = document.adoptNode(page.querySelector('[data-part="found"]'));
    found().replaceWith(fresh);
    settle([fresh]);
    const count = fresh.querySelectorAll(".picker-item").length;
    say(["nobody_found", "people_found_one"][count] ?? "people_found_many", { count });
    picker.dispatchEvent(new CustomEvent("partners:found"));
  }

  async function search() {
    const q = input.value.trim();
    if (q === shown) return;
    picker.classList.add("is-searching");
    try {
      const page = await fetchLast(withParameter(withParameter(form.getAttribute("action"), "fragment", "partners"), "q", q));
      if (!page || !found()) return;
      shown = q;
      put(page);
    } catch {
      say("failed");
    }
    picker.classList.remove("is-searching");
  }

  function step(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = reached().indexOf(document.activeElement);
    if (!by || event.isComposing || (at < 0 && document.activeElement !== input)) return;
    event.preventDefault();
    (reached()[at + by] ?? (by < 0 ? input : reached().at(-1)))?.focus();
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE_MS);
  });
  picker.addEventListener("keydown", step);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    clearTimeout(timer);
    await search();
    if (input.value.trim()) found().querySelector("a.picker-person, .picker-send")?.focus();
  });
}
