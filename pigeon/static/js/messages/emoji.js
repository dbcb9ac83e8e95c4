/* Whether words are a few emoji and nothing else, which are drawn large; the server says the same (domain/text.py). */

const MOST = 3;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u;
const PLAIN = /^[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u22ff](?!\ufe0f)/;
const graphemes = "Segmenter" in Intl ? new Intl.Segmenter() : null;

export function isLarge(words) {
  if (!graphemes || words.length > 80) return false;
  const found = [...graphemes.segment(words)].map(({ segment }) => segment);
  return found.length <= MOST && found.every((one) => EMOJI.test(one) && !PLAIN.test(one));
}
