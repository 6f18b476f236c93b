import type { Random } from './random';

const PIECES = [
  '"',
  "'",
  '"""',
  "'''",
  'f"',
  "rf'''",
  't"',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '{{',
  '\\',
  '\\\n',
  '\n',
  '\r',
  '\r\n',
  '\0',
  '\ufeff',
  '#',
  ':',
  '.',
  ';',
  '\f',
  '\t',
];
const WORDS = [
  ' import ',
  '\nimport a',
  'from . ',
  '\ntry:\n ',
  '\nexcept ImportError:\n',
  '\nif TYPE_CHECKING:\n ',
  'import_module(',
  '__import__("',
  '\\N{',
  '0x',
  'é',
  '\xa0',
];
const NESTED = [
  '(',
  'f"{',
  "f'''{",
  'f"{x:',
  '{x:{',
  'from a.',
  'from . ',
  'import a,',
  'import_module("',
  '__import__(',
  '\\\n',
  '"',
  "'''",
  'try:\n ',
  'try: ',
  'if TYPE_CHECKING:\n\t',
  'except (',
  '\\N{',
  '\n ',
  'from a import (b,\n',
];

/**
 * A part of a real file, damaged: something deleted, put in, said twice, cut off, or nested deep. Mostly short, so that
 * many fit.
 */
export function mutated(random: Random, sources: readonly Buffer[]): Buffer {
  const source = random.of(sources);
  const size = random.chance(1) ? 8_000 : 40 + random.below(200);
  const from = random.below(Math.max(1, source.length - size));
  let text: Buffer = source.subarray(from, from + size);
  for (let times = 1 + random.below(4); times > 0; times--) text = mutatedOnce(random, text);
  // The scanner stops at the last `import`: mostly, all of it is to be read.
  return random.chance(70) ? Buffer.concat([text, Buffer.from('\nimport a')]) : text;
}

function mutatedOnce(random: Random, text: Buffer): Buffer {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(30));
  const replaced = (middle: Buffer | string, until = at) =>
    Buffer.concat([text.subarray(0, at), Buffer.from(middle), text.subarray(until)]);
  switch (random.below(8)) {
    case 0:
      return replaced('', end);
    case 1:
    case 2:
      return replaced(random.of(PIECES));
    case 3:
      return replaced(random.of(WORDS));
    case 4:
      return replaced(text.subarray(at, end));
    case 5:
      return replaced(random.of(PIECES), end);
    case 6:
      return random.chance(30) ? text.subarray(0, at) : replaced(Buffer.from([random.below(256)]));
    default:
      return replaced(random.of(NESTED).repeat(1 + random.below(random.chance(1) ? 2_000 : 40)));
  }
}
