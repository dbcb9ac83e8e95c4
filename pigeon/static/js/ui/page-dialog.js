/* Behaviour `page-dialog`: shows the main part of the page a link leads to in a dialog, here a question before deleting. */

import { whileFetching } from "./fetching.js";
import { fetchDocument } from "../core/fragments.js";
import { openDialog } from "./dialog.js";

function makeDialog(part) {
  const dialog = document.createElement("dialog");
  const body = document.createElement("div");
  dialog.className = "dialog";
  dialog.setAttribute("aria-labelledby", part.getAttribute("aria-labelledby"));
  body.className = "dialog-body";
  body.append(document.adoptNode(part));
  dialog.append(body);
  return dialog;
}

async function show(link) {
  const page = await whileFetching(link, () => fetchDocument(link.href));
  if (!page || !link.isConnected) return; // its reader went elsewhere meanwhile
  const dialog = makeDialog(page.querySelector("[data-dialog-part]"));
  document.querySelector(".page").append(dialog);
  dialog.addEventListener("click", (event) => event.target.closest('a[data-part="close"]') && event.preventDefault());
  await openDialog(dialog);
  dialog.remove();
}

export function pageDialog(element) {
  element.addEventListener("click", (event) => {
    if (!element.href || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    show(element).catch(() => element.isConnected && location.assign(element.href));
  }, { capture: true });
}
