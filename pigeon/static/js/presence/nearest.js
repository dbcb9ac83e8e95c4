/* A list may show more people than can be watched at once: then those count that are seen, and after a scroll others. */

const middle = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  return Math.abs((top + bottom) / 2 - innerHeight / 2);
};

/** The names of the `most` places (elements by name) that are nearest to the middle of the window. */
export function nearest(places, most) {
  const measured = [...places].map(([name, element]) => ({ name, away: middle(element) }));
  measured.sort((one, other) => one.away - other.away);
  return measured.slice(0, most).map(({ name }) => name);
}
