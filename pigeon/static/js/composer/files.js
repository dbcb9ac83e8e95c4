/* What may be posted, judged before anything is sent. The server judges again. */

import { withEnd } from "./endings.js";
import { readHead } from "./heads.js";

const HEIF = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"];
const AVIF = ["avif", "avis"];
const MB = 1024 * 1024;
const MAX_SIDE = 20_000; // limits.IMAGE_SIDE
const JPEG_BITS = 8; // limits.JPEG_BITS
const PREVIEW_SIDE = 640;
const PREVIEW_MOST = 2560;

export class Refused extends Error {
  constructor(key, values) {
    super(key);
    this.key = key;
    this.values = values;
  }
}

const ascii = (bytes, from, to) => String.fromCharCode(...bytes.slice(from, to));

/** The kind of picture by its first bytes, whatever its name says; null when it is none. */
async function sniff(file) {
  const bytes = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (ascii(bytes, 1, 4) === "PNG") return "png";
  if (ascii(bytes, 0, 4) === "GIF8") return "gif";
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return "webp";
  const brand = ascii(bytes, 4, 8) === "ftyp" ? ascii(bytes, 8, 12) : "";
  if (AVIF.includes(brand)) return "avif";
  return HEIF.includes(brand) ? "heic" : null;
}

/** A small picture of a large one, as the server would show it: turned alike, on white. */
async function shrink(bitmap) {
  const { width, height } = bitmap;
  const scale = Math.min(1, PREVIEW_SIDE / Math.min(width, height), PREVIEW_MOST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
}

/** {width, height, preview}, or null when the browser cannot draw it. Unlike an element, a bitmap refuses half a file, and its
    size is counted in pixels whatever resolution the file notes. 64 megapixels are 256 MB: it is closed at once. */
async function draw(file, kind) {
  const bitmap = await bitmapOf(file, kind);
  if (!bitmap) return null;
  const { width, height } = bitmap;
  const preview = await shrink(bitmap);
  bitmap.close();
  return { width, height, preview };
}

/** A bitmap, also of a whole picture without its end mark; or null. */
export const bitmapOf = (file, kind) =>
  createImageBitmap(file)
    .catch(() => withEnd(file, kind))
    .catch(() => null);

/** Roughly, by what the head of the file says: for a picture that is too large to be drawn. */
function measure(file) {
  const url = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.onerror = () => resolve({ width: 0, height: 0 });
    picture.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

/** A kind that this browser reads needs no second opinion when it cannot draw one. */
async function isReadHere(kind) {
  if (kind !== "heic" && kind !== "avif") return true;
  return (await globalThis.ImageDecoder?.isTypeSupported(`image/${kind}`)) ?? false;
}

const tenths = (value) => (Math.ceil(value * 10) / 10).toLocaleString();

/** Throws what the server would say of such a size. */
function judge({ width, height }, name, maxPixels) {
  const pixels = width * height;
  if (pixels > maxPixels) {
    throw new Refused("file_too_many_pixels", { name, size: tenths(pixels / 1e6), limit: maxPixels / 1e6 });
  }
  const side = Math.max(width, height);
  if (side > MAX_SIDE) {
    throw new Refused("file_side_too_long", { name, size: side.toLocaleString(), limit: MAX_SIDE.toLocaleString() });
  }
}

/** Answers {kind, preview, isDrawable}: a small picture, or null where this browser draws no such kind (HEIC), which is left to
    the server. Throws Refused. `limits` is the form's dataset: a JPEG may have more bytes and pixels than other types. Large
    pictures are to be inspected one at a time. */
export async function inspect(file, limits) {
  const { name } = file;
  const kind = await sniff(file).catch(() => {
    throw new Refused("file_unreadable", { name });
  });
  if (!kind) throw new Refused("not_a_picture", { name });
  const isJpeg = kind === "jpeg";
  const maxBytes = Number(isJpeg ? limits.maxJpegBytes : limits.maxBytes);
  const maxPixels = Number(isJpeg ? limits.maxJpegPixels : limits.maxPixels);
  if (file.size > maxBytes) {
    throw new Refused("file_too_large", { name, size: tenths(file.size / MB), limit: maxBytes / MB });
  }
  const head = await readHead(file, kind).catch(() => null);
  if (head && !head.isSupported) throw new Refused("file_unsupported", { name, limit: JPEG_BITS });
  if (head) judge(head, name, maxPixels);
  const drawn = await draw(file, kind);
  judge(drawn ?? (await measure(file)), name, maxPixels);
  if (!drawn && (await isReadHere(kind))) throw new Refused("file_damaged", { name });
  return { kind, preview: drawn?.preview ?? null, isDrawable: Boolean(drawn) };
}

/** Whether the file is still there: a phone may have taken it back, or a disk was unplugged. */
export const isReadable = (file) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);
