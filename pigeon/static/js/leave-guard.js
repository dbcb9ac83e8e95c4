/* Behaviour `leave-guard`: asks before a page with unsent words is left. */

import { text } from "./strings.js";

/** `isDirty` is asked at the moment of leaving; the form's own submit is not leaving. `ask` answers, later, whether to leave:
    without it the browser asks. */
export function guard(form, isDirty, ask = null) {
  let isSent = false;
  let isReturning = false;

  function onLeave(event) {
    if (!form.isConnected) return stop();
    if (!isSent && isDirty()) event.preventDefault();
    return undefined;
  }

  async function leaveAfterAsking(go) {
    if (!(await ask())) return;
    isSent = true;
    go();
  }

  // A boosted link would swap the page without asking: here the browser follows it and asks.
  function onClick(event) {
    if (!form.isConnected) return stop();
    const link = event.target.closest?.("a[href]");
    if (!link || isSent || !isDirty()) return undefined;
    event.stopPropagation();
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link.target === "_blank";
    if (!ask || isElsewhere) return undefined;
    event.preventDefault();
    return leaveAfterAsking(() => location.assign(link.href));
  }

  // A step back is taken before anybody can ask: who stays is brought forward again.
  function onRestore(event) {
    if (!form.isConnected) return stop();
    const isStaying = isReturning || (!isSent && isDirty() && (ask || !confirm(text("leave_unsent"))));
    if (!isStaying) return undefined;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isReturning) history.forward();
    else if (ask) leaveAfterAsking(() => history.back());
    isReturning = !isReturning;
    return undefined;
  }

  function stop() {
    removeEventListener("beforeunload", onLeave);
    document.removeEventListener("htmx:before:history:restore", onRestore, { capture: true });
    removeEventListener("click", onClick, { capture: true });
  }

  addEventListener("beforeunload", onLeave);
  document.addEventListener("htmx:before:history:restore", onRestore, { capture: true });
  addEventListener("click", onClick, { capture: true });
  return { release: () => (isSent = true) };
}

export function leaveGuard(form) {
  const fields = () => JSON.stringify([...new FormData(form)]);
  const before = fields();
  const { release } = guard(form, () => fields() !== before);
  form.addEventListener("submit", release);
}
