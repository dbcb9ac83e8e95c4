/* Behaviour `comment-delete`: the comment leaves at once and can be called back for a while; the request is sent when
   that while ends, or when the page hides. */

import { api } from "../core/api.js";
import { text } from "../core/strings.js";
import { toast } from "../core/toasts.js";
import { whenGone } from "../ui/toast-gone.js";
import { rootOf } from "./discussion.js";
import { removeItem, setShown } from "./removal.js";

const waiting = new Set();

function leave(link) {
  const root = rootOf(link);
  const comment = link.closest(".comment");
  const item = comment.closest(".reply, .thread");
  let isOpen = true;

  async function commit() {
    if (!isOpen) return;
    isOpen = false;
    waiting.delete(commit);
    message.remove();
    try {
      await api("DELETE", `/comments/${comment.dataset.comment}`, undefined, { keepalive: true });
      removeItem(root, item);
    } catch (error) {
      if (error.status === 404) return removeItem(root, item); // somebody was faster
      setShown(root, item, true);
      toast(error.message || text("failed"), { category: "error" });
    }
    return undefined;
  }

  function undo() {
    isOpen = false;
    waiting.delete(commit);
    setShown(root, item, true);
    comment.focus({ preventScroll: true });
  }

  setShown(root, item, false);
  const message = toast(text("comment_deleted"), { action: { text: text("undo"), run: undo } });
  waiting.add(commit);
  whenGone(message, commit);
}

export function commentDelete(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    link.closest("details").open = false;
    leave(link);
  }, { capture: true });
}

const commitAll = () => waiting.forEach((commit) => commit());
addEventListener("pagehide", commitAll);
document.addEventListener("visibilitychange", () => document.hidden && commitAll());
