import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listContext, mayReach } from './context';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'context-'));
  write(
    'a.txt',
    'libs/x/b.py',
    'libs/x/__pycache__/b.pyc',
    'node_modules/p/index.js',
    '.git/HEAD',
    '.nx/db',
    'dist/docker/own.json',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file, { mode: 0o644 });
  }
}
const paths = async (ignoreText: string, outputs: string[] = []) =>
  (await listContext(folder, ignoreText, outputs)).files.map(({ path }) => path);

test.each([
  ['', ['a.txt', 'dist/docker/own.json', 'libs/x/__pycache__/b.pyc', 'libs/x/b.py', 'node_modules/p/index.js']],
  ['# all\nnode_modules\n**/__pycache__\n/dist/\n', ['a.txt', 'libs/x/b.py']],
  ['*\n!a.txt\n', ['a.txt']],
  ['*\n!libs/**/*.py\n', ['libs/x/b.py']],
  ['**\n! libs\n**/*.pyc\r\n', ['libs/x/b.py']],
])('%j leaves %j', async (ignoreText, expected) => {
  expect(await paths(ignoreText)).toEqual(expected);
});

test('what git, Nx and the deploy itself write does not count', async () => {
  expect(await paths('node_modules\nlibs\n', ['dist/docker/own.json'])).toEqual(['a.txt']);
});

test('what may be read and executed counts, who may write does not', async () => {
  const mode = async (bits: number) => {
    chmodSync(join(folder, 'a.txt'), bits);
    return (await listContext(folder, '*\n!a.txt')).files;
  };
  expect(await mode(0o664)).toEqual(await mode(0o644));
  expect(await mode(0o755)).not.toEqual(await mode(0o644));
  expect(await mode(0o600)).not.toEqual(await mode(0o644));
});

test('a symbolic link counts by where it leads, not by what is there', async () => {
  symlinkSync('/nowhere', join(folder, 'link'));
  expect((await listContext(folder, '*\n!link')).files).toEqual([{ path: 'link', mode: '', content: '-> /nowhere' }]);
});

test.each([
  ['requirements.txt', 'node_modules', false],
  ['libs', 'libs/x', true],
  ['libs/*/src', 'libs/x', true],
  ['libs/*/src', 'libs/x/docs', false],
  ['**/keep', 'any/where', true],
])('an exception for %s may bring back what is in %s: %s', (pattern, below, expected) => {
  expect(mayReach(pattern, below)).toBe(expected);
});
