/* Comments that the server may not have yet, for this visit, by reader: each {action, words, key, fault} under a key of its
   own, so that however often one is sent, it is stored once. `fault` is what the server answered; empty while nobody knows. */

const place = () => `unsent:${document.body.dataset.me}`;

export function listUnsent() {
  try {
    return JSON.parse(sessionStorage.getItem(place())) ?? [];
  } catch {
    return [];
  }
}

function write(all) {
  try {
    if (all.length) sessionStorage.setItem(place(), JSON.stringify(all));
    else sessionStorage.removeItem(place());
  } catch {
    // A full or forbidden storage costs what a reload would bring back, not the comment.
  }
}

const others = (key) => listUnsent().filter((one) => one.key !== key);

export const keepUnsent = (unsent) => write([...others(unsent.key), unsent]);
export const dropUnsent = (key) => write(others(key));
