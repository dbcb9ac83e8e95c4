/* The picture of a message that is on its way, as its sender chose it. */

const WIDTH = 320;
const HEIGHT = 400;
const FALLBACK = { width: 320, height: 240 };

/** In the ratio in which it will be shown: see PHOTO_SIDE in web/messages/rows.py. */
function fit({ width, height }) {
  const scale = Math.min(WIDTH / width, HEIGHT / height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export function fillPicture(row, { preview, size, alt }) {
  const { width, height } = size ? fit(size) : FALLBACK;
  const sizer = row.querySelector('[data-part="sizer"]');
  sizer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  sizer.setAttribute("width", String(width));
  sizer.setAttribute("height", String(height));
  const image = row.querySelector('[data-part="preview"]');
  image.alt = alt ?? "";
  image.hidden = !preview;
  if (preview) image.src = preview;
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
