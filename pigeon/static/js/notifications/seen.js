/* What arrives in the open list is marked as seen, once somebody looks at the page. */

import { api } from "../core/api.js";
import { showUnseen } from "../ui/badges.js";

/** `arrived` tells of news; `see` marks it, unless the page is hidden or there is none. */
export function seenMarker() {
  let isNews = false;

  async function see() {
    if (!isNews || document.hidden) return;
    isNews = false; // what arrives from here on is seen another time
    try {
      showUnseen((await api("PUT", "/notifications/seen")).unseen);
    } catch (error) {
      isNews = true;
      throw error;
    }
  }

  return { arrived: () => (isNews = true), see };
}
