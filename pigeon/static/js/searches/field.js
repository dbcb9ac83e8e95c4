/* Behaviour `search-field`: words, people and tags are suggested under the search while typing, and what was searched for
   before while nothing is typed. No option is marked until an arrow key does, so Enter searches for what was typed. Safe
   while a Hangul syllable is being composed: its keys belong to the input method, and the unfinished syllable is searched. */

import { fetchDocument } from "../core/fragments.js";
import { text } from "../core/strings.js";
import { suggestionList } from "../ui/suggestion-list.js";
import { aidField } from "./field-aids.js";
import { loadingLine, retryOption, wordsOption } from "./local-options.js";
import { keepPerson } from "./results.js";

const PAUSE_MS = 180;
const PATIENCE_MS = 8_000;
const NEVER = null;

export function searchField(form) {
  const input = form.querySelector('input[type="search"]');
  const list = form.querySelector('[role="listbox"]');
  const status = form.querySelector('[data-part="said"]');
  const suggestions = suggestionList(input, list, { always: true });
  const hasRecent = "recent" in form.dataset;
  let timer;
  let request;
  let typed = NEVER; // the text that the list is about, to the letter

  const word = () => input.value.trim();

  function stop() {
    clearTimeout(timer);
    request?.abort();
  }

  function close() {
    stop();
    typed = NEVER;
    status.textContent = "";
    suggestions.close();
  }

  /** The words as typed are an option at once; older suggestions stay to be seen, not to be chosen. */
  function wait(q) {
    suggestions.outdate();
    const old = [...list.children].filter((child) => child.matches('[role="group"]'));
    list.setAttribute("aria-busy", "true");
    if (q) suggestions.open([...(old.length ? old : [loadingLine()]), wordsOption(q)], { marked: false });
  }

  function show(q, { children = [], said }) {
    const mine = [...children].filter((child) => child.id !== "q-all");
    list.removeAttribute("aria-busy");
    status.textContent = said;
    suggestions.open(q ? [...mine, wordsOption(q)] : mine, { marked: false });
  }

  async function suggest(q) {
    const mine = new AbortController();
    request = mine;
    const patience = setTimeout(() => mine.abort("slow"), PATIENCE_MS);
    const path = `/search?fragment=suggestions&q=${encodeURIComponent(q)}`;
    const page = await fetchDocument(path, { signal: mine.signal }).catch(() => null);
    clearTimeout(patience);
    if (request !== mine || word() !== q || document.activeElement !== input) return;
    if (mine.signal.aborted && mine.signal.reason !== "slow") return;
    const found = page?.querySelector('[data-part="suggestions"]');
    if (found) show(q, { children: document.adoptNode(found).children, said: found.dataset.said });
    else show(q, { children: [retryOption()], said: text("suggestions_failed") });
  }

  /** Brings the list up to what is typed now; nothing is done when only a composition ended. */
  function follow({ pause = PAUSE_MS } = {}) {
    if (input.value === typed) return;
    const q = word();
    if (!q && !hasRecent) return close();
    stop();
    if (!q) suggestions.close();
    typed = input.value;
    status.textContent = "";
    wait(q);
    timer = setTimeout(suggest, pause, q);
  }

  const keys = { takers: ["Enter"], choose: (option) => option.click(), leave: close };
  aidField(form, input);
  form.addEventListener("submit", close);
  input.addEventListener("input", () => follow());
  input.addEventListener("focus", () => follow({ pause: 0 }));
  input.addEventListener("keydown", (event) => {
    const opens = event.key === "ArrowDown" && !suggestions.isOpen() && !event.isComposing;
    if (!opens) return suggestions.press(event, keys);
    event.preventDefault();
    typed = NEVER;
    follow({ pause: 0 });
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const { username, q, retry } = event.target.closest('[role="option"]')?.dataset ?? {};
    if (username && "saves" in form.dataset) keepPerson(username);
    if (q === undefined && retry === undefined) return;
    event.preventDefault();
    if (retry !== undefined) {
      typed = NEVER;
      return follow({ pause: 0 });
    }
    input.value = q;
    form.requestSubmit();
  });
  if (document.activeElement === input && word()) follow(); // typed before this was bound
}
