/* The first steps of a newcomer, on the home page. */

import { fetchDocument, settle } from "../core/fragments.js";

/** After something that may be one of them: its mark is set without a reload. */
export async function refreshChecklist() {
  const shown = document.querySelector(".checklist");
  if (!shown) return;
  const fresh = (await fetchDocument("/")).querySelector(".checklist");
  if (!fresh || !shown.isConnected) return;
  shown.replaceWith(document.adoptNode(fresh));
  settle([fresh]);
}
