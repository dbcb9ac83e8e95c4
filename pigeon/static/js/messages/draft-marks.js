/* "Draft: …" in a row of the inbox: words that were typed there and not sent, as the composer keeps them in this browser. */

import { text } from "../core/strings.js";
import { findDraft } from "./storage.js";

function mark(row, words) {
  const [line, draft] = [row.querySelector(".conversation-line"), row.querySelector('[data-part="draft"]')];
  const label = Object.assign(document.createElement("span"), { className: "conversation-draft-label", textContent: text("draft") });
  draft.hidden = !words;
  draft.replaceChildren(...(words ? [label, ` ${words}`] : []));
  if (line) line.hidden = Boolean(words);
}

/** The conversation that is open shows its draft itself. */
export function markDrafts(element) {
  for (const row of element.querySelectorAll(".conversation")) {
    const isOpen = row.querySelector('[aria-current="page"]');
    mark(row, isOpen ? "" : findDraft(row.dataset.chat).trim());
  }
}
