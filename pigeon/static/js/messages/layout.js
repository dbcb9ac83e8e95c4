/* What a row shows because of its neighbours: its group, its day, the line before what is new, and below the last own message
   how far it got. The server draws the same rules for a piece (web/messages/rows.py); here pieces meet. */

import { text } from "../core/strings.js";
import { showStop } from "./menus.js";
import { isMine, part, rowsOf, seqOf } from "./parts.js";

const GROUP_MS = 300_000;

function areTogether(one, next) {
  const isNear = Date.parse(next.dataset.at) - Date.parse(one.dataset.at) <= GROUP_MS;
  return one.dataset.sender === next.dataset.sender && one.dataset.day === next.dataset.day && isNear;
}

function showGroups(rows) {
  rows.forEach((row, i) => {
    const [before, after] = [rows[i - 1], rows[i + 1]];
    row.classList.toggle("is-first", !before || !areTogether(before, row));
    row.classList.toggle("is-last", !after || !areTogether(row, after));
    part(row, "day").hidden = before?.dataset.day === row.dataset.day;
  });
}

/** Before the first of the other that was not read when the page was opened; not where that may lie further up. */
function showDivider(root, rows) {
  const { readUpTo, openedSeq } = root.dataset;
  const isNew = (row) => !isMine(row) && seqOf(row) > Number(readUpTo) && seqOf(row) <= Number(openedSeq);
  const first = rows.findIndex(isNew);
  const isKnown = first > 0 || part(root, "earlier").hidden;
  rows.forEach((row, i) => (part(row, "new").hidden = i !== first || !isKnown));
}

function wordsOf(root, row) {
  const { theirRead, seenAt } = root.dataset;
  const isSeen = theirRead !== "" && seqOf(row) <= Number(theirRead);
  const words = [document.createTextNode(text(isSeen ? "message_seen" : "message_sent"))];
  if (!isSeen || !seenAt) return { state: isSeen ? "seen" : "sent", words };
  const time = Object.assign(document.createElement("time"), { dateTime: seenAt, textContent: text("now") });
  time.dataset.behavior = "time"; // it grows older by itself
  return { state: "seen", words: [...words, document.createTextNode(" · "), time] };
}

function showStatus(root, rows) {
  const own = rows.filter(isMine);
  const last = own.at(-1);
  for (const row of own) {
    const status = part(row, "status");
    const isUnderWay = row.classList.contains("is-pending");
    const isCalm = ["sending", "waiting"].includes(status.dataset.state) && !row.querySelector(".message-photo");
    if (isUnderWay) status.hidden = row !== last && isCalm;
    else status.hidden = row !== last || row.classList.contains("is-unsent");
    if (isUnderWay || status.hidden) continue;
    const { state, words } = wordsOf(root, row);
    const shown = `${state} ${root.dataset.seenAt ?? ""}`;
    if (status.dataset.shown === shown) continue;
    Object.assign(status.dataset, { state, shown });
    part(status, "words").replaceChildren(...words);
  }
}

export function layOut(root) {
  const rows = rowsOf(root);
  showGroups(rows);
  showDivider(root, rows);
  showStatus(root, rows);
  showStop(root);
}
