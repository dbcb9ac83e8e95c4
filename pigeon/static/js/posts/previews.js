/* The first picture of a post just shared, kept in this tab until the server has its own. */

const key = (postId) => `preview:${postId}`;

function toDataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** `preview` is a small picture, or null. Never fails: without one the card shows the colour of the picture. */
export async function keepPreview(postId, preview) {
  try {
    sessionStorage.setItem(key(postId), await toDataUrl(preview));
  } catch {
    sessionStorage.removeItem(key(postId));
  }
}

export const findPreview = (postId) => sessionStorage.getItem(key(postId));
export const dropPreview = (postId) => sessionStorage.removeItem(key(postId));
