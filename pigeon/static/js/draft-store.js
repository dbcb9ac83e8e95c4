/* The unsent post of a person, on this device alone: words in local storage, so that they survive a closed tab; pictures in
   a database of the browser, where there is one. */

const NAME = "pigeon-drafts";
const STORE = "pictures";
const key = () => `draft:${document.body.dataset.me}`;

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

/** At once. `draft` is {caption, alts}; false when the browser keeps nothing (private windows, full disk). */
export function keepWords(draft) {
  try {
    localStorage.setItem(key(), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Files in their order; false when the browser cannot keep them. */
export async function keepPictures(files) {
  try {
    await withPictures("readwrite", (store) => store.put(files, key()));
    return true;
  } catch {
    return false;
  }
}

/** {caption, alts, files}, or null. There may be fewer files than alts: then pictures could not be kept. */
export async function findDraft() {
  const words = JSON.parse(localStorage.getItem(key()) ?? "null");
  if (!words) return null;
  const files = (await withPictures("readonly", (store) => store.get(key())).catch(() => null)) ?? [];
  return { ...words, files };
}

export async function dropDraft() {
  localStorage.removeItem(key());
  await withPictures("readwrite", (store) => store.delete(key())).catch(() => undefined);
}
