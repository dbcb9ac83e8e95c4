/* Sends comments. What fails stays in the list as a row that can be sent again, under its own key, or discarded; it is
   still there when the discussion is opened again in this visit. */

import { ApiError, api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { say, showEmpty } from "./discussion.js";
import { showSent, showState } from "./sending.js";
import { dropUnsent, keepUnsent } from "./unsent.js";

const underWay = new Set();

export const isUnderWay = (key) => underWay.has(key);

/** Forgets what is unsent, with its row. */
export function discard(root, item, key) {
  dropUnsent(key);
  item.remove();
  showEmpty(root);
}

function fail(root, item, unsent, error) {
  const fault = error.fields.text?.message || error.message || text("comment_failed");
  if (error.status) keepUnsent({ ...unsent, fault });
  showState(item, fault);
  if (!item.isConnected) {
    return toast(fault, { category: "error", action: { text: text("retry"), run: () => deliver(root, item, unsent) } });
  }
  say(root, fault);
  return document.activeElement === document.body && item.querySelector('[data-part="retry"]').focus({ preventScroll: true });
}

function post({ action, words, key }) {
  const path = action.replace(/^\/p\//, "/posts/");
  return api("POST", path, { text: words }, { headers: { "Idempotency-Key": key }, keepalive: true });
}

/** `item` becomes the comment, or says why not. Words that are refused as they are leave the list when `takeBack` takes them. */
export async function deliver(root, item, unsent, takeBack) {
  if (underWay.has(unsent.key)) return;
  underWay.add(unsent.key);
  keepUnsent({ ...unsent, fault: "" });
  showState(item);
  try {
    const made = await post(unsent);
    dropUnsent(unsent.key);
    await showSent(root, item, made);
    say(root, text(made.parent_id ? "reply_sent" : "comment_sent"));
  } catch (error) {
    if (takeBack && error.fields?.text) {
      discard(root, item, unsent.key);
      takeBack(unsent.words, error.fields.text.message);
    } else fail(root, item, unsent, error instanceof ApiError ? error : new ApiError(0));
  } finally {
    underWay.delete(unsent.key);
  }
}
