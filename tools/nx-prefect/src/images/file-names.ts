/** One character of UTF-8, each byte a character. */
const UTF8 = new RegExp(
  '[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|\\xed[\\x80-\\x9f][\\x80-\\xbf]|' +
    '[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|' +
    '[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}|[\\x80-\\xff]',
  'g',
);

/**
 * The text of a file's name, which to Linux is bytes: one that is no UTF-8 becomes half of a surrogate pair, so that
 * two names never become one.
 */
export function nameOf(bytes: Buffer): string {
  const text = bytes.toString();
  if (!text.includes('\uFFFD')) return text;
  return bytes
    .toString('latin1')
    .replace(UTF8, (letter) =>
      letter.length > 1 ? Buffer.from(letter, 'latin1').toString() : String.fromCharCode(0xdc00 + letter.charCodeAt(0)),
    );
}
