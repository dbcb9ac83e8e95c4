/* The picture of a message that is on its way, as its sender chose it. */

import { findFile } from "./kept-files.js";

const WIDTH = 320;
const HEIGHT = 400;
const LEAST = 72;
const FALLBACK = { width: 320, height: 240 };

/** In the ratio in which it will be shown: see PHOTO_SIDE in web/messages/rows.py. */
function fit({ width, height }) {
  const scale = Math.min(WIDTH / width, HEIGHT / height);
  return { width: Math.max(LEAST, Math.round(width * scale)), height: Math.max(LEAST, Math.round(height * scale)) };
}

function show(image, url) {
  image.addEventListener("error", () => (image.hidden = true), { once: true }); // of a kind that is not drawn here
  image.src = url;
  image.hidden = false;
}

export function fillPicture(row, { key, preview, size, alt }) {
  const { width, height } = size ? fit(size) : FALLBACK;
  const sizer = row.querySelector('[data-part="sizer"]');
  sizer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  sizer.setAttribute("width", String(width));
  sizer.setAttribute("height", String(height));
  const image = row.querySelector('[data-part="preview"]');
  image.alt = alt ?? "";
  if (preview) show(image, preview);
  else findFile(key).then((file) => file && show(image, URL.createObjectURL(file)));
}

/** The size of a picture that can be drawn here, or null. */
export async function measure(blob) {
  try {
    const bitmap = await createImageBitmap(blob);
    const size = { width: bitmap.width, height: bitmap.height };
    bitmap.close();
    return size;
  } catch {
    return null;
  }
}
