/* Drafts of a person, on this device alone; each under the key of the post that it is to become. Words, the order of the
   pictures, and whether Share was pressed stand in local storage, which is written at once: they survive whatever happens to the
   page. Pictures stand in a database of the browser, where there is one, each under its own id. */

const NAME = "pigeon-drafts";
const STORE = "pictures";
const owner = () => document.body.dataset.me;
const prefix = () => `draft:${owner()}:`;
const placeOf = (id) => `${owner()}:${id}`;

/** A name that nobody else takes; `crypto.randomUUID` is missing where the site has no TLS. */
export const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function database() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return finished(request);
}

async function withPictures(mode, act) {
  const db = await database();
  try {
    return await finished(act(db.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    db.close();
  }
}

/** At once. `draft` is {key, caption, pictures: [{id, name, alt}], pressed: [{caption, pictures}]}; false when the browser keeps nothing (private
    windows, full disk). */
export function keepDraft(draft) {
  try {
    localStorage.setItem(prefix() + draft.key, JSON.stringify({ ...draft, changedAt: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

function parse(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

/** What is kept, the last changed first. */
export function listDrafts() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(prefix()));
  const drafts = names.map((name) => parse(localStorage.getItem(name))).filter(Boolean);
  return drafts.sort((one, other) => other.changedAt - one.changedAt);
}

export const dropWords = (key) => localStorage.removeItem(prefix() + key);

/** False when the browser cannot keep it. */
export async function keepPicture(id, file) {
  try {
    await withPictures("readwrite", (store) => store.put(file, placeOf(id)));
    return true;
  } catch {
    return false;
  }
}

/** The file, or null when it could not be kept. */
export const findPicture = async (id) => (await withPictures("readonly", (store) => store.get(placeOf(id))).catch(() => null)) ?? null;

export const dropPicture = (id) => withPictures("readwrite", (store) => store.delete(placeOf(id))).catch(() => {});

export async function dropDraft({ key, pictures }) {
  dropWords(key);
  await Promise.all(pictures.map(({ id }) => dropPicture(id)));
}

/** Pictures that no draft names any more: their page went before it could take them away. */
export async function dropStrays() {
  const named = new Set(listDrafts().flatMap(({ pictures }) => pictures.map(({ id }) => placeOf(id))));
  const places = (await withPictures("readonly", (store) => store.getAllKeys()).catch(() => null)) ?? [];
  const strays = places.filter((place) => place.startsWith(placeOf("")) && !named.has(place));
  await Promise.all(strays.map((place) => dropPicture(place.slice(placeOf("").length))));
}
