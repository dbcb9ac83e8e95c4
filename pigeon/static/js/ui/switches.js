/* What a tap switches on or off. It shows at once; one request per thing is under way, and what was wanted last is sent
   after it: taps that cancel each other out send nothing. */

import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";

const wanted = new Map(); // by thing, while a request is under way

async function send(key, isStored, { request, show, onAnswer, again }) {
  let stored = isStored;
  try {
    while (wanted.get(key) !== stored) {
      const isOn = wanted.get(key);
      const answer = await request(isOn);
      stored = isOn;
      if (wanted.get(key) === stored) onAnswer?.(answer);
    }
  } catch (error) {
    const isOn = wanted.get(key);
    show(stored);
    if (isOn === stored) return;
    const action = { text: text("retry"), run: () => again(isOn) };
    toast(error.message || text("failed"), { category: "error", action });
  } finally {
    wanted.delete(key);
  }
}

/** Switches the thing of this key from `isBefore` to `isOn`; what is so already stays. `show` and `request` take which of the
    two, `onAnswer` the answer to what was wanted last; `again` is Retry. */
export function switchTo(key, isOn, isBefore, how) {
  if (isBefore === isOn) return;
  const isBusy = wanted.has(key);
  wanted.set(key, isOn);
  how.show(isOn);
  if (!isBusy) send(key, isBefore, how);
}
