import fc from 'fast-check';
import { cleanText } from './clean-text';

const code = (...points: number[]) => String.fromCharCode(...points);

test.each([
  [`a${code(27)}[2Jb`, String.raw`a\u001b[2Jb`],
  [code(7, 0, 8), String.raw`\u0007\u0000\u0008`],
  [`done\rfailed`, String.raw`done\u000dfailed`],
  ['a\r\nb\tc\n', 'a\r\nb\tc\n'],
  [code(0x9b, 0x85), String.raw`\u009b\u0085`],
  [`x${code(0x202e)}y${code(0x2066)}`, String.raw`x\u202ey\u2066`],
  [code(0xd800), String.raw`\ud800`],
  ['é 漢 😀 “ok”', 'é 漢 😀 “ok”'],
])('%j is shown as %j', (given, shown) => expect(cleanText(given)).toBe(shown));

test('nothing that a terminal obeys is left, and what is clean stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const clean = cleanText(text);
      expect(cleanText(clean)).toBe(clean);
      const bytes = Array.from(clean.replaceAll('\r\n', ''), (character) => character.codePointAt(0)!);
      expect(bytes.filter((byte) => (byte < 32 && byte !== 10 && byte !== 9) || (byte > 126 && byte < 160))).toEqual(
        [],
      );
    }),
  );
});
