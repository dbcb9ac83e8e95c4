/* Whole pictures that lack their end mark, which the server takes: with one, so that the browser draws them. */

import { segments } from "./heads.js";

const JPEG_END = [0xff, 0xd9];
const PNG_END = [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];
const OTHER_PIXELS = Array.from({ length: 120 }, (_, n) => [0x55, 0xaa, 0x33][n % 3]);
const COMPARED = 2048; // pixels of a side
const ascii = (bytes, at) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Without an end, only pixels tell whether all of a JPEG is there: continued in two ways, half of one is two pictures. */
function jpegs(bytes) {
  let scan = 0;
  for (const [, , end] of segments(bytes)) scan = end;
  let restart = 7;
  for (let at = scan; at + 1 < bytes.length; at += 1) {
    if (bytes[at] !== 0xff) continue;
    if (bytes[at + 1] === 0xd9) return []; // it has one: it is broken otherwise
    if (bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7) restart = bytes[at + 1] - 0xd0;
  }
  const other = [...OTHER_PIXELS, 0xff, 0xd0 + ((restart + 1) % 8), ...OTHER_PIXELS, ...JPEG_END];
  return [other, JPEG_END].map((end) => new Blob([bytes, new Uint8Array(end)]));
}

/** Ends behind a whole chunk, and has pixels. */
function pngs(bytes) {
  const view = new DataView(bytes.buffer);
  let hasPixels = false;
  let at = 8;
  while (at + 12 <= bytes.length) {
    hasPixels ||= ascii(bytes, at + 4) === "IDAT";
    at += 12 + view.getUint32(at);
  }
  return at === bytes.length && hasPixels ? [new Blob([bytes, new Uint8Array(PNG_END)])] : [];
}

/** Ends behind a whole chunk, whatever length it claims; a byte of padding may be missing. */
function webps(bytes) {
  const view = new DataView(bytes.buffer);
  let at = 12;
  let isOdd = false; // a chunk of odd length has a byte of padding behind it
  while (at + Number(isOdd) + 8 <= bytes.length) {
    at += Number(isOdd);
    const length = view.getUint32(at + 4, true);
    at += 8 + length;
    isOdd = length % 2 === 1;
  }
  const missing = at % 2;
  if (at - bytes.length > missing) return [];
  const whole = new Uint8Array(bytes.length + missing);
  whole.set(bytes);
  new DataView(whole.buffer).setUint32(4, whole.length - 8, true);
  return [new Blob([whole])];
}

async function isSame(one, other) {
  const scale = Math.min(1, COMPARED / Math.max(one.width, one.height));
  const [width, height] = [one.width, one.height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(one, 0, 0, width, height);
  context.globalCompositeOperation = "difference";
  context.drawImage(other, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data.every((value, n) => n % 4 === 3 || value === 0);
}

/** A bitmap of a file of which the browser makes none because its end mark is missing, or null. */
export async function withEnd(file, kind) {
  const complete = { jpeg: jpegs, png: pngs, webp: webps }[kind];
  if (!complete) return null;
  const [first, second] = complete(new Uint8Array(await file.arrayBuffer()));
  if (!first) return null;
  const bitmap = await createImageBitmap(first);
  if (!second) return bitmap;
  const other = await createImageBitmap(second);
  const isWhole = await isSame(bitmap, other);
  bitmap.close();
  return isWhole ? other : null;
}
