/* Threads that follow what was answered elsewhere: those that are open are fetched, the others when they are opened. */

import { find, insert, shownIds } from "./discussion.js";
import { removeItem } from "./removal.js";
import { fetchReplies, isOpen, openReplies, replyList, setEarlier, setReplyCount } from "./reply-list.js";
import { waitingIn } from "./waiting.js";

/** Makes an open thread agree with the server's newest page of replies, those before it aside. */
export async function refreshThread(root, section) {
  const list = replyList(section);
  const before = shownIds(list);
  const page = await fetchReplies(section);
  const there = page.items.map((item) => Number(item.querySelector(".comment").dataset.comment));
  const first = page.earlier ? Math.min(...there) : 0;
  if (before.length && Math.max(...before) < first) {
    list.replaceChildren(...waitingIn(list)); // what lies between is not known: from here it is loaded as earlier replies
    setEarlier(section, page.earlier);
  }
  for (const id of before.filter((shown) => shown >= first && !there.includes(shown))) {
    removeItem(root, find(list, id).closest(".reply"));
  }
  insert(list, page.items);
  setReplyCount(section, page.count);
  return openReplies(section, page);
}

/** `comments` is the newest page as the server has it now; threads that are not on it may have changed too. */
export function followThreads(root, comments) {
  for (const section of root.querySelectorAll(".replies")) {
    const now = comments.querySelector(`#${section.id}`);
    if (now?.dataset.count === section.dataset.count) continue;
    if (now) setReplyCount(section, Number(now.dataset.count));
    if (isOpen(section)) refreshThread(root, section).catch(() => {});
    else delete section.dataset.loaded;
  }
}
