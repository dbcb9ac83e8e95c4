/* Behaviour `mention-field`: people are suggested after @ (or its full width) while typing. Safe while a Hangul syllable is being composed:
   the keys belong to the input method then, and the unfinished syllable is searched. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { suggestionList } from "../ui/suggestion-list.js";
import { drawPerson } from "./mention-option.js";

const PAUSE_MS = 180;
const MENTION = /(?:^|[^\p{L}\p{N}_.@＠/])[@＠]([\p{L}\p{N}_.]{1,30})$/u;

export function mentionField(element) {
  const input = element.querySelector("textarea, input");
  const list = element.querySelector('[role="listbox"]');
  const status = element.querySelector('[data-part="found"]');
  const people = suggestionList(input, list);
  let timer;
  let request;
  let shown; // the word whose people are listed: when a composition ends the same word is told once more

  let typed; // the text that the list is about
  const word = () => MENTION.exec(input.value.slice(0, input.selectionEnd))?.[1];

  function close() {
    clearTimeout(timer);
    request?.abort();
    status.textContent = "";
    people.close();
  }

  function accept(option) {
    input.blur(); // ends a composition, so that its syllable is part of the text
    input.focus();
    const end = input.selectionEnd;
    const sign = end - (word() ?? "").length - 1;
    input.setRangeText(`@${option.dataset.username} `, sign, end, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function suggest(q) {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    const path = `/search/suggest?for=mention&q=${encodeURIComponent(q)}`;
    const answer = await api("GET", path, undefined, { signal }).catch(() => null);
    if (word() !== q || request.signal !== signal) return;
    if (!answer) return close();
    const found = answer.items.map((hit, i) => drawPerson(hit.user, `${list.id}-${i}`));
    const key = ["nobody_found", "people_found_one"][found.length] ?? "people_found_many";
    status.textContent = text(key, { count: found.length });
    shown = q;
    people.open(found);
  }

  input.addEventListener("input", () => {
    const q = word();
    clearTimeout(timer);
    if (input.value !== typed) people.outdate();
    typed = input.value;
    if (q && q === shown && people.isCurrent()) return;
    if (q) timer = setTimeout(suggest, PAUSE_MS, q);
    else close();
  });
  input.addEventListener("keydown", (event) => people.press(event, { takers: ["Enter", "Tab"], choose: accept, leave: close }));
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) accept(option);
  });
}
