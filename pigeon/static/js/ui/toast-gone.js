/* The end of a message, with which the offer in it ends: who points at it has more time. */

/** Calls `then` once the message has gone, by time or by hand. */
export function whenGone(message, then) {
  const watch = new MutationObserver(() => {
    if (message.isConnected) return;
    watch.disconnect();
    then();
  });
  watch.observe(document.getElementById("toasts"), { childList: true, subtree: true });
}
