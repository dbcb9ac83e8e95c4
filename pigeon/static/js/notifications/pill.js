/* "2 new notifications", for who has scrolled away from the top: those that arrived and are not in the list yet. */

import { text } from "../core/strings.js";

export function notificationPill(element, onClick) {
  const pill = element.querySelector('[data-part="pill"]');
  const waiting = new Set();

  function show() {
    const count = waiting.size;
    pill.hidden = count === 0;
    pill.querySelector("[data-words]").textContent = count === 1 ? text("new_notifications_one") : text("new_notifications_many", { count });
  }

  function drop(ids) {
    ids.forEach((id) => waiting.delete(id));
    if (!pill.hidden) show();
  }

  pill.addEventListener("click", onClick);
  return { add: (id) => waiting.add(id), drop, show, ids: () => [...waiting] };
}
