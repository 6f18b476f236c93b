import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES, isErrorCode } from './error-codes';
import { errorsPage } from './errors-page';
import { PACKAGE_ROOT } from './package-root';

const LISTS = join(PACKAGE_ROOT, 'src', 'core', 'error-codes');
/** Words with a hyphen in the Python sources that are not codes. */
const NO_CODES = new Set(['another-host', 'another-user', 'utf-8', 'warm-up']);

it('docs/reference/errors.md is what the list says; if not: npm run build && npm run schemas -w nx-prefect', () => {
  const page = join(PACKAGE_ROOT, '..', '..', 'docs', 'reference', 'errors.md');
  expect(readFileSync(page, 'utf8')).toBe(errorsPage());
});

it('every code that the Python worker sends is in the list', () => {
  const words = new Set(
    texts('python', '.py').flatMap((text) =>
      [...text.matchAll(/"([a-z0-9]+(?:-[a-z0-9]+)+)"/g)].map(([, word]) => word),
    ),
  );
  expect(words.size).toBeGreaterThan(20);
  expect([...words].filter((word) => !isErrorCode(word) && !NO_CODES.has(word!))).toEqual([]);
});

it('every code in the list is used', () => {
  const sources = [...texts('python', '.py'), ...texts('src', '.ts', /\.spec\.ts$|error-codes/)].join('\n');
  expect(Object.keys(ERROR_CODES).filter((code) => !new RegExp(`["']${code}["']`).test(sources))).toEqual([]);
});

it('no code is in two lists', () => {
  const entries = readdirSync(LISTS).flatMap((file) =>
    readFileSync(join(LISTS, file), 'utf8').match(/^ {2}\S+: \{$/gm),
  );
  expect(entries).toHaveLength(Object.keys(ERROR_CODES).length);
});

it('each has a cause and a remedy of its own, in whole sentences', () => {
  const sentences = Object.values(ERROR_CODES).flatMap(({ cause, remedy }) => [cause, remedy]);
  expect(sentences.filter((text) => !/^(?:pytest |[A-Z`"]).{15,}\.$/.test(text))).toEqual([]);
  const causes = Object.values(ERROR_CODES).map(({ cause }) => cause);
  expect(causes.filter((cause, at) => causes.indexOf(cause) !== at)).toEqual([]);
});

function texts(folder: string, end: string, except?: RegExp): string[] {
  return readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end) && !except?.test(path))
    .map((path) => readFileSync(join(PACKAGE_ROOT, folder, path), 'utf8'));
}
