import { canonicalJson, sha256 } from '../core/canonical';

/** Endings of text files in which the style of line endings means nothing; a CSV or a fixture ships byte for byte. */
const TEXT = /\.(py|pyi|sql|ya?ml|json|toml|ini|cfg|txt|md|j2|jinja2?|html|sh)$/i;

/** The bytes that ship: text with LF line endings, so that a checkout with CRLF gives the same digest. */
export function shippedContent(path: string, content: Buffer): Buffer {
  if (!TEXT.test(path) || !content.includes('\r\n')) return content;
  return Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/** Digest of a set of shipped files: path -> SHA-256 of the content. */
export function codeDigest(files: Record<string, string>): string {
  return sha256(canonicalJson(files));
}
