/* Tells the server which stories were seen. What did not arrive goes along with the next one. */

import { api } from "../core/api.js";

const AFTER_MS = 1000;

/** `onGone` hears of a story that is not there any more. */
export function makeSeen(onGone) {
  const unsent = new Set();
  let timer = null;

  async function send(storyId) {
    try {
      await api("PUT", `/stories/${storyId}/view`, undefined, { keepalive: true });
      unsent.delete(storyId);
    } catch (error) {
      if (error.status !== 404) return;
      unsent.delete(storyId);
      onGone(storyId);
    }
  }

  function mark(slide, person) {
    slide.dataset.seen = "";
    unsent.add(slide.dataset.story);
    const unseen = person.slides.filter((one) => !("seen" in one.dataset)).length;
    const detail = { username: person.username, unseen };
    Promise.all([...unsent].map(send)).then(() => document.dispatchEvent(new CustomEvent("stories:seen", { detail })));
    return unseen;
  }

  return {
    stop: () => clearTimeout(timer),
    /** Counts from now, when the story is to be seen; `onSeen` hears how many of the person are left. */
    watch(slide, person, onSeen) {
      clearTimeout(timer);
      if (person.isMine || "seen" in slide.dataset || document.hidden) return;
      timer = setTimeout(() => onSeen(mark(slide, person)), AFTER_MS);
    },
    flush: () => unsent.forEach(send),
  };
}
