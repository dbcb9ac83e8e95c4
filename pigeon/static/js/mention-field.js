/* Behaviour `mention-field`: people are suggested after @ while typing; a combobox with a listbox (APG). Safe while a
   Hangul syllable is being composed: keys belong to the input method then, and the unfinished syllable is searched. */

import { api } from "./api.js";
import { text } from "./strings.js";
import { drawPerson } from "./mention-option.js";

const PAUSE_MS = 180;
const MENTION = /(?:^|[^\p{L}\p{N}_.@/])@([\p{L}\p{N}_.]{1,30})$/u;

export function mentionField(element) {
  const input = element.querySelector("textarea, input");
  const list = element.querySelector('[role="listbox"]');
  const status = element.querySelector('[data-part="found"]');
  let timer;
  let request;
  let at = -1;

  const word = () => MENTION.exec(input.value.slice(0, input.selectionEnd))?.[1];

  function choose(index) {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    for (const name of ["role", "aria-expanded", "aria-controls", "aria-autocomplete", "aria-activedescendant"]) {
      input.removeAttribute(name);
    }
  }

  function open(people) {
    list.replaceChildren(...people.map((person, i) => drawPerson(person, `${list.id}-${i}`)));
    status.textContent = people.length ? text("people_found", { count: people.length }) : text("nobody_found");
    if (!people.length) return close();
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-expanded", "true");
    list.hidden = false;
    return choose(0);
  }

  function accept(option) {
    const end = input.selectionEnd;
    const start = end - word().length;
    input.setRangeText(`${option.dataset.username} `, start, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }

  async function suggest(q) {
    request?.abort();
    request = new AbortController();
    const path = `/search/suggest?for=mention&q=${encodeURIComponent(q)}`;
    const answer = await api("GET", path, undefined, { signal: request.signal }).catch(() => null);
    if (answer && word() === q) open(answer.items.map((hit) => hit.user));
  }

  input.addEventListener("input", () => {
    const q = word();
    clearTimeout(timer);
    if (q) timer = setTimeout(suggest, PAUSE_MS, q);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.keyCode === 229) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = list.children.length;
    if (by) choose((at + by + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") accept(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) accept(option);
  });
}
