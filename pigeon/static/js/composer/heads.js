/* What the head of a picture file says, before anything is drawn: a file may be too large for that. */

const HEAD = 1024 * 1024;
const FRAMES = [0xc0, 0xc1, 0xc2, 0xc9, 0xca];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xcb, 0xcd, 0xce, 0xcf]; // lossless, hierarchical

/** Where the next marker of a JPEG is: between segments may be stray bytes. */
function markerFrom(bytes, at) {
  while (at + 1 < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] > 0 && bytes[at + 1] < 0xff)) at += 1;
  return at;
}

/** The segments of a JPEG up to its first scan, as [marker, where its content begins, where it ends]. */
export function* segments(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = markerFrom(bytes, 2); at + 4 <= bytes.length; at = markerFrom(bytes, at)) {
    const marker = bytes[at + 1];
    const isAlone = marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd7);
    const end = isAlone ? at + 2 : at + 2 + view.getUint16(at + 2);
    if (!isAlone) yield [marker, at + 4, end];
    if (marker === 0xda) return;
    at = end;
  }
}

function jpegHead(bytes) {
  const view = new DataView(bytes.buffer);
  for (const [marker, start] of segments(bytes)) {
    if (start + 5 > bytes.length) return null;
    const isSupported = FRAMES.includes(marker) && bytes[start] === 8;
    if (FRAMES.includes(marker) || OTHER_FRAMES.includes(marker)) {
      return { width: view.getUint16(start + 3), height: view.getUint16(start + 1), isSupported };
    }
  }
  return null;
}

function pngHead(bytes) {
  if (bytes.length < 24) return null;
  const view = new DataView(bytes.buffer);
  return { width: view.getUint32(16), height: view.getUint32(20), isSupported: true };
}

/** {width, height, isSupported} of a JPEG or PNG, sides as stored; null of what is not found at once. */
export async function readHead(file, kind) {
  const read = { jpeg: jpegHead, png: pngHead }[kind];
  return read ? read(new Uint8Array(await file.slice(0, HEAD).arrayBuffer())) : null;
}
