/* Whose stories can be watched one after another, in the order that the tray had when the viewer was opened, and the slides of
   each. The order is fetched whole at once: what is seen meanwhile moves in the tray, and a later page would leave somebody out. */

import { api } from "../core/api.js";
import { fetchDocument, withParameter } from "../core/fragments.js";

const MOST = 50;

async function fetchOrder() {
  const found = new Map();
  let next = "";
  do {
    const page = await api("GET", `/stories?limit=${MOST}${next && `&before=${encodeURIComponent(next)}`}`);
    for (const item of page.items) found.set(item.user.username, { ...item.user, unseen: item.unseen_count });
    ({ next } = page);
  } while (next);
  return found;
}

/** A person's slides, all pages of them. `lead` is how far the server's clock is ahead of this one, in milliseconds. */
async function fetchPerson(username) {
  const slides = [];
  let path = `/stories/${encodeURIComponent(username)}`;
  let data = null;
  while (path) {
    const page = await fetchDocument(withParameter(path, "fragment", "viewer"));
    const part = page.querySelector("[data-stories]");
    const lead = new Date(part.dataset.now).getTime() - Date.now();
    data ??= { lead, label: part.dataset.label, seconds: Number(part.dataset.seconds), isMine: "mine" in part.dataset };
    slides.push(...[...part.querySelectorAll(".story")].map((slide) => document.adoptNode(slide)));
    path = part.querySelector('[data-part="more"]')?.getAttribute("href");
  }
  return { ...data, username, slides };
}

export function makePeople() {
  const loaded = new Map();
  const order = fetchOrder().catch(() => new Map()); // without it there is nobody to go on to

  function load(username) {
    if (!loaded.has(username)) {
      const person = fetchPerson(username);
      loaded.set(username, person);
      person.catch(() => loaded.delete(username)); // asked again the next time
    }
    return loaded.get(username);
  }

  async function neighbour(username, by, { unseen = false } = {}) {
    const people = [...(await order).values()];
    const at = people.findIndex((one) => one.username === username);
    if (at < 0) return null;
    const rest = by > 0 ? people.slice(at + 1) : people.slice(0, at).toReversed();
    return rest.find((one) => !unseen || one.unseen) ?? null;
  }

  return {
    load,
    neighbour,
    forget: (username) => loaded.delete(username),
    fresh: (username) => (loaded.delete(username), load(username)),
    async setUnseen(username, count) {
      const one = (await order).get(username);
      if (one) one.unseen = count;
    },
    async drop(username) {
      (await order).delete(username);
      loaded.delete(username);
    },
  };
}
