/* Where a card stands: below its link, above it where there is no room, never out of the window. */

const GAP_PX = 8;

const held = (value, most) => Math.max(GAP_PX, Math.min(value, most - GAP_PX));

export function place(card, link) {
  const box = link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const hasRoomBelow = box.bottom + GAP_PX + height < innerHeight;
  card.style.left = `${held(box.left, innerWidth - width)}px`;
  card.style.top = `${held(hasRoomBelow ? box.bottom + GAP_PX : box.top - height - GAP_PX, innerHeight - height)}px`;
}
