/* What the search offers without the server: the words as they are typed, that it looks for more, or that it could not. */

import { text } from "../core/strings.js";

function make(tag, className, content = "") {
  return Object.assign(document.createElement(tag), { className, textContent: content });
}

function option(id, words, data) {
  const made = make("div", "mention-option");
  const shown = make("span", "row-text");
  shown.append(make("span", "row-handle one-line", words));
  made.append(shown);
  made.id = id;
  made.setAttribute("role", "option");
  Object.assign(made.dataset, data);
  return made;
}

/** "Search for …": what Enter does, to be touched. */
export function wordsOption(q) {
  return option("q-all", text("search_for", { q }), { q });
}

export function retryOption() {
  return option("q-retry", text("suggestions_failed"), { retry: "" });
}

export function loadingLine() {
  const line = make("div", "search-loading muted", text("suggestions_loading"));
  line.setAttribute("aria-hidden", "true");
  return line;
}
