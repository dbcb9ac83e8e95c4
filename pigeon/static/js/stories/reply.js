/* Behaviour `story-reply`: words or one of six reactions to a story become a message to its author. It is said to be sent at
   once; what fails can be tried again under the same number, so it never arrives twice. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { newId } from "../composer/draft-store.js";
import { element } from "../ui/lightbox-parts.js";

const SAID_MS = 4000;
const timers = new WeakMap();

/** While a syllable is composed its keys belong to the input method; Safari says so by the key code alone. */
const isComposing = (event) => event.isComposing || event.keyCode === 229;
const isPassing = ({ status }) => !status || status === 429 || status >= 500;

function say(note, words, { lasts = false, retry = null } = {}) {
  clearTimeout(timers.get(note));
  const again = retry && element("button", "story-again", text("retry"));
  note.replaceChildren(words, ...(again ? [" ", again] : []));
  again?.setAttribute("type", "button");
  again?.addEventListener("click", retry);
  if (!lasts && !retry) timers.set(note, setTimeout(() => note.replaceChildren(), SAID_MS));
}

/** They take no messages from this reader: nothing is to be written here. */
function closeAll(story, words) {
  const all = story.parentElement.querySelectorAll(".story");
  for (const one of all) {
    one.querySelectorAll("form").forEach((form) => (form.hidden = true));
    const note = one.querySelector('[data-part="note"]');
    if (note) say(note, words, { lasts: true });
  }
  story.closest("dialog")?.focus();
}

function refuse(story, input, content, error) {
  if (error.code === "messages_closed") return closeAll(story, error.message);
  if (error.status === 404) story.dispatchEvent(new CustomEvent("stories:gone", { bubbles: true, detail: { story_id: story.dataset.story } }));
  if (content.text && input && !input.value) input.value = content.text;
  return say(story.querySelector('[data-part="note"]'), error.message || text("failed"), { lasts: true });
}

async function deliver(story, input, content, key) {
  const note = story.querySelector('[data-part="note"]');
  say(note, text("story_sent"));
  try {
    await api("POST", `/stories/${story.dataset.story}/reply`, { ...content, client_msg_id: key }, { keepalive: true });
  } catch (error) {
    if (isPassing(error)) return say(note, text("story_unsent"), { retry: () => deliver(story, input, content, key) });
    return refuse(story, input, content, error);
  }
  return undefined;
}

export function storyReply(form) {
  const input = form.querySelector('input[name="text"]');
  let composes = false;

  input?.addEventListener("compositionstart", () => (composes = true));
  input?.addEventListener("compositionend", () => (composes = false));
  input?.addEventListener("keydown", (event) => event.key === "Enter" && isComposing(event) && event.preventDefault());

  form.addEventListener("submit", (event) => {
    const story = form.closest(".story");
    event.preventDefault();
    if (input && composes) {
      input.blur(); // the syllable is finished first: the input method would put it into the emptied field again
      input.focus({ preventScroll: true });
    }
    const said = input ? { text: input.value.trim() } : { reaction: event.submitter?.value };
    if (!said.text && !said.reaction) return;
    if (input) input.value = "";
    event.submitter?.classList.add("is-tapped");
    deliver(story, input, said, newId());
  });
}
