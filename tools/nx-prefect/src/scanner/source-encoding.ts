const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
/** Where Python's name of an encoding is no label of the web's. */
const PYTHON_LABELS: Record<string, string> = {
  'latin-1': 'latin1',
  'iso-latin-1': 'latin1',
  cp932: 'shift_jis',
  'euc-jis-2004': 'euc-jp',
};

/**
 * UTF-8 without its mark, whatever PEP 263's encoding comment says; bytes that can't be told apart stay as they are.
 */
export function withoutEncoding(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const [first = '', second = ''] = bytes.toString('latin1', 0, 400).split(/\r\n?|\n/, 2);
  const cookie = COOKIE.exec(first) ?? (/^[ \t\f]*(?:#|$)/.test(first) ? COOKIE.exec(second) : null);
  const label = cookie?.[1]?.toLowerCase().replaceAll('_', '-');
  if (!label || /^(?:utf-?8|ascii|us-ascii)/.test(label)) return bytes;
  try {
    return Buffer.from(new TextDecoder(PYTHON_LABELS[label] ?? label).decode(bytes));
  } catch {
    return bytes;
  }
}
