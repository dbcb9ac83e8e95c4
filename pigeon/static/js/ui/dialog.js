/* Native dialogs: the browser traps focus and makes the rest inert; here are opening, closing and giving focus back. */

/** Opens a <dialog>; resolves when it is closed, with focus back where it was. */
export function openDialog(dialog) {
  const before = document.activeElement;
  dialog.showModal();
  document.documentElement.classList.add("has-dialog");
  return new Promise((resolve) => {
    const onClick = (event) => {
      const isBackdrop = event.target === dialog;
      if (isBackdrop || event.target.closest('[data-part="close"]')) dialog.close();
    };
    dialog.addEventListener("click", onClick);
    dialog.addEventListener("close", () => {
      dialog.removeEventListener("click", onClick);
      if (!document.querySelector("dialog[open]")) document.documentElement.classList.remove("has-dialog");
      if (before?.isConnected) before.focus();
      resolve(dialog.returnValue);
    }, { once: true });
  });
}

// A page that goes takes its dialogs along, and what is taken away open never says `close`. The dialog of a post sees to itself.
for (const name of ["htmx:before:history:update", "htmx:before:history:restore"]) {
  document.addEventListener(name, () => {
    /** @type {NodeListOf<HTMLDialogElement>} */
    const dialogs = document.querySelectorAll("dialog:modal:not(.post-dialog)");
    dialogs.forEach((dialog) => dialog.close());
  }, { capture: true });
}
