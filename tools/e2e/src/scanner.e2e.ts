import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Import, scanImports, scanUtf8 } from '../../nx-prefect/src/scanner/imports';
import { withoutEncoding } from '../../nx-prefect/src/scanner/source-encoding';
import { mutated } from './parts/mutated-python';
import { Random } from './parts/random';
import { LONG, SEED } from './parts/seed';
import { PYTHON } from './parts/workspace';

/**
 * The import scanner against CPython's own parser, and against damage.
 * Replay a failure with the seed that is printed: NX_PREFECT_SEED=<seed> npm test -- scanner
 */
const PACKAGES = ['sqlalchemy', 'pydantic', 'prefect', ...(LONG ? ['.'] : [])];
const MUTATED = LONG ? 500_000 : 100_000;
/** Reads of a byte that a byte of the input may cost. */
const READS_A_BYTE = 12;
const JUDGE = join(__dirname, 'parts', 'ast_imports.py');

const files = pythonFiles();

it(
  `sees what ast sees in all modules of the standard library and of ${PACKAGES.join(', ')}`,
  () => {
    const judged = judge();
    const different: string[] = [];
    let [names, refused] = [0, 0];
    for (const [at, file] of files.entries()) {
      const expected = judged[at];
      if (!expected) refused++;
      else {
        names += expected.length;
        const found = scanImports(readFileSync(file)).map(plain);
        if (JSON.stringify(found) !== JSON.stringify(expected))
          different.push(`${file}: ${firstDifference(found, expected)}`);
      }
    }
    console.log(
      `scanner and ast: ${files.length} files, ${names} imports, ` +
        `${refused} files that ast refuses, ${different.length} different`,
    );
    expect(different.slice(0, 20)).toEqual([]);
    expect(files.length).toBeGreaterThan(2_500);
    // The standard library ships a few broken files for its own tests.
    expect(refused).toBeLessThan(files.length / 100);
  },
  LONG ? 1_200_000 : 120_000,
);

it(
  `never throws, and reads each byte at most ${READS_A_BYTE} times, in ${MUTATED} damaged files, seed ${SEED}`,
  () => {
    const sources = files.filter((_, at) => at % 7 === 0).map((file) => readFileSync(file));
    let [bytes, reads, most] = [0, 0, 0];
    for (let number = 0; number < MUTATED; number++) {
      const text = mutated(new Random(SEED * 31 + number), sources);
      try {
        scanImports(text);
        const utf8 = withoutEncoding(text);
        const cost = readsOf(utf8);
        [bytes, reads, most] = [bytes + utf8.length, reads + cost, Math.max(most, (cost - 64) / utf8.length)];
        expect(cost).toBeLessThanOrEqual(READS_A_BYTE * utf8.length + 64);
      } catch (error) {
        throw new Error(`seed ${SEED}, input ${number}: ${JSON.stringify(text.toString('latin1').slice(0, 2_000))}`, {
          cause: error,
        });
      }
    }
    console.log(
      `scanner and damage: seed ${SEED}, ${MUTATED} inputs, ${bytes} bytes, ` +
        `${(reads / bytes).toFixed(2)} reads a byte, at most ${most.toFixed(2)}`,
    );
  },
  LONG ? 1_800_000 : 240_000,
);

const REPEATED = [
  'from a.',
  'f"{',
  'from . ',
  'import_module("',
  '(',
  '\\\n',
  'f"{x:',
  '"',
  "'''",
  '\\N{',
  'from a import (b,',
  'if TYPE_CHECKING:\n ',
];

it.each(REPEATED)(`reads no byte oftener in a long file: %j, over and over`, (text) => {
  const bytes = Buffer.from(`${text.repeat(20_000)} import`);
  expect(readsOf(bytes)).toBeLessThanOrEqual(READS_A_BYTE * bytes.length);
});

/** How many bytes a scan reads, one that it reads again counted again. */
function readsOf(bytes: Buffer): number {
  let reads = 0;
  const ranges = new Set(['toString']);
  const counted = new Proxy(bytes, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') {
        reads++;
        return value;
      }
      return (...args: unknown[]) => {
        if (ranges.has(String(key))) reads += Number(args[2]) - Number(args[1]);
        return (value as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  scanUtf8(counted);
  return reads;
}

type Plain = [module: string, level: number, names: string[], line: number, flags: string[]];

function plain({ module, level, names, line, ...flags }: Import): Plain {
  return [module, level, names, line, Object.keys(flags).sort()];
}

function firstDifference(found: Plain[], expected: Plain[]): string {
  const at = found.findIndex((one, index) => JSON.stringify(one) !== JSON.stringify(expected[index]));
  const index = at < 0 ? found.length : at;
  return `found ${JSON.stringify(found[index])}, ast ${JSON.stringify(expected[index])}`;
}

function judge(): (Plain[] | null)[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, [JUDGE], {
    input: `${files.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) throw new Error(`The judge ended with ${status}:\n${stderr.slice(-2_000)}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Plain[] | null);
}

function pythonFiles(): string[] {
  const ask = 'import sysconfig; print(sysconfig.get_path("stdlib")); print(sysconfig.get_path("purelib"))';
  const [standard = '', packages = ''] = spawnSync(PYTHON, ['-c', ask], { encoding: 'utf8' }).stdout.trim().split('\n');
  return [standard, ...PACKAGES.map((name) => join(packages, name))].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.py') && !(folder === standard && path.startsWith('site-packages')))
      .sort()
      .map((path) => join(folder, path)),
  );
}
