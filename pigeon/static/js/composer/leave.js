/* Leaving the composer with something in it: keep editing, save the draft, or discard it. */

import { openDialog } from "../ui/dialog.js";
import { part } from "./parts.js";

/** True when the page is left; `draft` is what openDraft answered. */
export async function askToLeave(form, draft) {
  const dialog = part(form, "leave");
  dialog.returnValue = "";
  dialog.addEventListener("click", ({ target }) => {
    const choice = target.closest("[data-choice]")?.dataset.choice;
    if (choice) dialog.close(choice);
  });
  const choice = await openDialog(dialog);
  if (choice === "save") await draft.saved();
  if (choice === "discard") await draft.drop();
  return choice === "save" || choice === "discard";
}
