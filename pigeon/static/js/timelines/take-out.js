/* Posts of one person that leave the feed, and come back when it was a mistake. */

/** Takes the cards out; answers how to put them back where they were. */
export function takeOut(username) {
  const cards = [...document.querySelectorAll(`#feed > [data-author="${username}"]`)];
  const rest = [...document.querySelectorAll("#feed > article")].filter((card) => !cards.includes(card));
  const next = rest.find((card) => cards[0]?.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING) ?? rest.at(-1);
  const places = cards.map((card) => {
    const place = document.createComment("");
    card.replaceWith(place);
    return place;
  });
  if (cards.length) next?.focus({ preventScroll: true });
  return () => places.forEach((place, i) => place.replaceWith(cards[i]));
}
