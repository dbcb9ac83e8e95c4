/* Behaviour `leave-guard`: asks before a page with unsent words is left. Only forms that are on the page are guarded: one
   that was left is guarded again when "back" shows it. */

import { text } from "../core/strings.js";
import "./dialog.js"; // which hears first of a step back, and closes what is open

const guards = new WeakMap();

/** `isDirty` is asked at the moment of leaving; the form's own submit is not leaving. `ask` answers, later, whether to leave:
    without it the browser asks. */
export function guard(form, isDirty, ask = null) {
  let isSent = false;
  let isLeaving = false;
  let isReturning = false;

  const isUnsent = () => !isSent && !isLeaving && isDirty();

  function onLeave(event) {
    if (isUnsent()) event.preventDefault();
  }

  async function leaveAfterAsking(go) {
    if (!(await ask())) return;
    isLeaving = true;
    go();
  }

  // A boosted link would swap the page without asking: here the browser follows it and asks.
  function onClick(event) {
    const link = event.target.closest?.("a[href]:not([data-do])"); // those with one are acted upon
    if (!link || !isUnsent()) return undefined;
    event.stopPropagation();
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey || link.target === "_blank";
    if (!ask || isElsewhere) return undefined;
    event.preventDefault();
    return leaveAfterAsking(() => location.assign(link.href));
  }

  // A step back is taken before anybody can ask: who stays is brought forward again.
  function onRestore(event) {
    const isStaying = isReturning || (isUnsent() && (ask || !confirm(text("leave_unsent"))));
    if (!isStaying) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!isReturning) history.forward();
    else if (ask) leaveAfterAsking(() => history.back());
    isReturning = !isReturning;
  }

  guards.set(form, { onLeave, onClick, onRestore, onBack: () => (isLeaving = false) });
  return { release: () => (isSent = true) };
}

export function leaveGuard(form) {
  const fields = () => JSON.stringify([...new FormData(form)]);
  const before = fields();
  const { release } = guard(form, () => fields() !== before);
  form.addEventListener("submit", release);
}

const tell = (name) => (event) => [...document.forms].forEach((form) => guards.get(form)?.[name](event));

addEventListener("beforeunload", tell("onLeave"));
addEventListener("click", tell("onClick"), { capture: true });
document.addEventListener("htmx:before:history:restore", tell("onRestore"), { capture: true });
document.addEventListener("page:back", tell("onBack"));
