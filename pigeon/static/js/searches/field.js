/* Behaviour `search-field`: words, people and tags are suggested under the search while typing. No option is marked until an
   arrow key does, so Enter searches for what was typed. Safe while a Hangul syllable is being composed: its keys belong to the
   input method, and the unfinished syllable is searched. */

import { fetchDocument } from "../core/fragments.js";
import { latest } from "../notifications/latest.js";
import { suggestionList } from "../ui/suggestion-list.js";
import { keepPerson } from "./results.js";

const PAUSE_MS = 180;

export function searchField(form) {
  const input = form.querySelector('input[type="search"]');
  const list = form.querySelector('[role="listbox"]');
  const status = form.querySelector('[data-part="said"]');
  const suggestions = suggestionList(input, list);
  const fetchLast = latest(fetchDocument);
  let timer;
  let shown = "";

  const word = () => input.value.trim();

  function close() {
    clearTimeout(timer);
    shown = "";
    suggestions.close();
  }

  async function suggest(q) {
    const path = `/search?fragment=suggestions&q=${encodeURIComponent(q)}`;
    const page = await fetchLast(path).catch(() => null);
    const found = page?.querySelector('[data-part="suggestions"]');
    if (!found || word() !== q || document.activeElement !== input) return;
    shown = q;
    status.textContent = found.dataset.said;
    suggestions.open([...document.adoptNode(found).children], { marked: false });
  }

  form.addEventListener("submit", close);
  input.addEventListener("input", () => {
    const q = word();
    clearTimeout(timer);
    if (!q) close();
    else if (q !== shown) timer = setTimeout(suggest, PAUSE_MS, q);
  });
  const keys = { takers: ["Enter"], choose: (option) => option.click(), leave: close };
  input.addEventListener("keydown", (event) => suggestions.press(event, keys));
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const { username, q } = event.target.closest('[role="option"]')?.dataset ?? {};
    if (username && "saves" in form.dataset) keepPerson(username);
    if (q === undefined) return;
    event.preventDefault();
    input.value = q;
    form.requestSubmit();
  });
}
