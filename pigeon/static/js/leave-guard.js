/* Behaviour `leave-guard`: asks before a page with unsent words is left. */

/** `isDirty` is asked at the moment of leaving; the form's own submit is not leaving. */
export function guard(form, isDirty) {
  let isSent = false;

  function onLeave(event) {
    if (!form.isConnected) return stop();
    if (!isSent && isDirty()) event.preventDefault();
    return undefined;
  }

  // A boosted link would swap the page without asking: here the browser follows it and asks.
  function onClick(event) {
    if (!form.isConnected) return stop();
    if (event.target.closest?.("a[href]") && !isSent && isDirty()) event.stopPropagation();
    return undefined;
  }

  function stop() {
    removeEventListener("beforeunload", onLeave);
    removeEventListener("click", onClick, { capture: true });
  }

  addEventListener("beforeunload", onLeave);
  addEventListener("click", onClick, { capture: true });
  return { release: () => (isSent = true), hold: () => (isSent = false) };
}

export function leaveGuard(form) {
  const fields = () => JSON.stringify([...new FormData(form)]);
  const before = fields();
  const { release } = guard(form, () => fields() !== before);
  form.addEventListener("submit", release);
}
