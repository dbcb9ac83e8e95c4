/* The first picture of a post just shared, kept in this tab until the server has its own. */

const SIDE_PX = 640;
const key = (postId) => `preview:${postId}`;

async function shrink(file) {
  const picture = await createImageBitmap(file, { resizeWidth: SIDE_PX, resizeQuality: "medium" });
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").drawImage(picture, 0, 0);
  picture.close();
  return canvas.toDataURL("image/jpeg", 0.7);
}

/** Never fails: without a preview the card shows the colour of the picture. */
export async function keepPreview(postId, file) {
  try {
    sessionStorage.setItem(key(postId), await shrink(file));
  } catch {
    sessionStorage.removeItem(key(postId));
  }
}

export const findPreview = (postId) => sessionStorage.getItem(key(postId));
export const dropPreview = (postId) => sessionStorage.removeItem(key(postId));
