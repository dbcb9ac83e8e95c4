/* Esc, the backdrop, the buttons and the up and down keys of the dialog that shows a post; left and right are the photos'. */

const bound = new WeakSet();

/** `step` is called with -1 or 1; every way of closing is a step back in history. */
export function bindControls(dialog, step) {
  if (bound.has(dialog)) return;
  bound.add(dialog);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    history.back();
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest(".post-dialog-button[data-step]");
    if (button) step(Number(button.dataset.step));
    else if (event.target === dialog || event.target.closest('.post-dialog-button[data-part="close"]')) history.back();
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.target.closest("details[open], input, textarea, .discussion")) return;
    event.preventDefault();
    step(by);
  });
}
