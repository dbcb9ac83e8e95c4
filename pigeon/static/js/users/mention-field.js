/* Behaviour `mention-field`: people are suggested after @ and tags after # (or their full widths) while typing. Safe while a Hangul syllable is being composed:
   the keys belong to the input method then, and the unfinished syllable is searched. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { suggestionList } from "../ui/suggestion-list.js";
import { drawPerson, drawTag } from "./mention-option.js";

const PAUSE_MS = 180;
const KINDS = [
  {
    typed: /(?:^|[^\p{L}\p{N}_.@＠/])[@＠]([\p{L}\p{N}_.]{1,30})$/u,
    path: "/search/suggest?for=mention&q=",
    draw: (hit, id) => drawPerson(hit.user, id),
    said: ["nobody_found", "people_found_one", "people_found_many"],
    marked: true,
  },
  {
    typed: /(?:^|[^\p{L}\p{N}_#＃&/])[#＃]([\p{L}\p{N}_]{1,50})$/u,
    path: "/search/tags?limit=8&q=",
    draw: drawTag,
    said: ["no_tag_found", "tags_found_one", "tags_found_many"],
    marked: false, // Enter belongs to the tag as it is typed
  },
];

export function mentionField(element) {
  const input = element.querySelector("textarea, input");
  const list = element.querySelector('[role="listbox"]');
  const status = element.querySelector('[data-part="found"]');
  const people = suggestionList(input, list);
  let timer;
  let request;
  let shown; // the word whose people are listed: when a composition ends the same word is told once more
  let typed; // the text that the list is about

  /** What is being typed before the caret: `{ kind, q }`, if it is either. */
  function sought() {
    const before = input.value.slice(0, input.selectionEnd);
    for (const kind of KINDS) {
      const q = kind.typed.exec(before)?.[1];
      if (q) return { kind, q, key: kind.path + encodeURIComponent(q) };
    }
    return {};
  }

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
    const begin = end - (sought().q?.length ?? -1) - 1;
    input.setRangeText(`${option.dataset.inserts} `, begin, end, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function suggest({ kind, key }) {
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    const answer = await api("GET", key, undefined, { signal }).catch(() => null);
    if (sought().key !== key || request.signal !== signal) return;
    if (!answer) return close();
    const found = answer.items.map((hit, i) => kind.draw(hit, `${list.id}-${i}`));
    status.textContent = text(kind.said[Math.min(found.length, 2)], { count: found.length });
    shown = key;
    people.open(found, { marked: kind.marked });
  }

  input.addEventListener("input", () => {
    const now = sought();
    clearTimeout(timer);
    if (input.value !== typed) people.outdate();
    typed = input.value;
    if (now.key && now.key === shown && people.isCurrent()) return;
    if (now.key) timer = setTimeout(suggest, PAUSE_MS, now);
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
