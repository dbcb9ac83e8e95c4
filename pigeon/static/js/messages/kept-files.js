/* Pictures of messages that are not sent yet, in a database of the browser, where there is one: each under the key of its
   message, all of one reader together. */

const STORE = "files";
const nameOf = () => `pigeon-messages:${document.body.dataset.me}`;

function finished(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withFiles(mode, act) {
  const request = indexedDB.open(nameOf(), 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const db = await finished(request);
  try {
    return await finished(act(db.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    db.close();
  }
}

// What cannot be kept costs what a reload would bring back, not the message.
export const keepFile = (key, file) => withFiles("readwrite", (store) => store.put(file, key)).catch(() => {});
export const dropFile = (key) => withFiles("readwrite", (store) => store.delete(key)).catch(() => {});

/** The file, or null when it could not be kept. */
export const findFile = async (key) => (await withFiles("readonly", (store) => store.get(key)).catch(() => null)) ?? null;

export const forgetFiles = () => void indexedDB.deleteDatabase(nameOf());
