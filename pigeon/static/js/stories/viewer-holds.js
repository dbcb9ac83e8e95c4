/* What the viewer hears of while it is open: what makes a story wait, and what happens to stories elsewhere. */

const GIVEN_UP_MS = 10_000;

/** Listens until what it answers is called. `story.hold` is told each reason by name. */
export function bindHolds(dialog, story, hear) {
  const stop = new AbortController();
  const { signal } = stop;
  const on = (target, name, act, options = {}) => target.addEventListener(name, act, { signal, ...options });
  const isOverlaid = () => [...document.querySelectorAll("dialog:modal")].some((one) => one !== dialog);
  let waiting = null; // for a sheet that was asked for

  on(dialog, "focusin", ({ target }) => story.hold("typing", target.matches("input")));
  on(dialog, "focusout", ({ relatedTarget }) => relatedTarget?.matches?.("input") || story.hold("typing", false));
  on(dialog, "toggle", () => story.hold("menu", Boolean(dialog.querySelector("details[open]"))), { capture: true });

  // A question or a list over it: from the press that asks for it until it is closed.
  on(dialog, "click", ({ target }) => {
    if (!target.closest('[data-behavior~="page-dialog"]')) return;
    story.hold("sheet", true);
    clearTimeout(waiting);
    waiting = setTimeout(() => story.hold("sheet", isOverlaid()), GIVEN_UP_MS);
  }, { capture: true });
  on(document, "close", ({ target }) => {
    if (target === dialog) return;
    clearTimeout(waiting);
    story.hold("sheet", isOverlaid());
  }, { capture: true });

  on(document, "visibilitychange", () => {
    story.hold("hidden", document.hidden);
    story.setVisible(!document.hidden);
    if (!document.hidden) hear.refreshShown(); // what it was may be over
  });
  story.hold("hidden", document.hidden);

  on(document, "socket:story.changed", ({ detail }) => hear.refresh(detail.username));
  on(document, "live:refetch", hear.refreshShown);
  on(document, "stories:deleted", ({ detail }) => hear.deleted(detail.story_id));
  on(document, "stories:gone", ({ detail }) => hear.gone(detail.story_id));
  on(document, "stories:muted", ({ detail }) => hear.muted(detail.username));

  return () => {
    clearTimeout(waiting);
    stop.abort();
  };
}
