/* Where messages stand: while a dialog is open, in it. What is outside of a modal dialog is below it, dimmed and out of
   reach: nobody could undo or try again. */

const toasts = document.getElementById("toasts");

function goHome() {
  const flashes = document.getElementById("flashes");
  if (toasts.nextElementSibling !== flashes) flashes.before(toasts);
}

export function placeToasts() {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  if (!dialog) goHome();
  else if (toasts.parentElement !== dialog) dialog.append(toasts);
}

document.addEventListener("close", placeToasts, { capture: true });
for (const name of ["htmx:before:history:update", "htmx:before:history:restore"]) {
  document.addEventListener(name, goHome, { capture: true }); // the page, and dialogs in it, go
}
