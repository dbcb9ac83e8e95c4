/* What may be posted, judged before anything is sent. The server judges again. */

const HEIF = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"];
const AVIF = ["avif", "avis"];
const MB = 1024 * 1024;

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

function measure(url) {
  return new Promise((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve({ width: picture.naturalWidth, height: picture.naturalHeight });
    picture.onerror = () => resolve(null);
    picture.src = url;
  });
}

const tenths = (value) => (Math.ceil(value * 10) / 10).toLocaleString();

/** Answers {file, url, isDrawable}; throws Refused. A HEIC this browser cannot draw is left to the server.
    `limits` is the form's dataset: a JPEG may have more bytes and pixels than other types. */
export async function inspect(file, limits) {
  const { name } = file;
  const kind = await sniff(file);
  if (!kind) throw new Refused("not_a_picture", { name });
  const isJpeg = kind === "jpeg";
  const maxBytes = Number(isJpeg ? limits.maxJpegBytes : limits.maxBytes);
  const maxPixels = Number(isJpeg ? limits.maxJpegPixels : limits.maxPixels);
  if (file.size > maxBytes) {
    throw new Refused("file_too_large", { name, size: tenths(file.size / MB), limit: maxBytes / MB });
  }
  const url = URL.createObjectURL(file);
  const size = await measure(url);
  if (size && size.width * size.height > maxPixels) {
    URL.revokeObjectURL(url);
    throw new Refused("file_too_many_pixels", { name, size: tenths((size.width * size.height) / 1e6), limit: maxPixels / 1e6 });
  }
  if (!size && !["heic", "avif"].includes(kind)) {
    URL.revokeObjectURL(url);
    throw new Refused("file_damaged", { name });
  }
  return { file, url, isDrawable: Boolean(size) };
}
