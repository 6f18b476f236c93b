import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ContextFile, listContext } from './context';

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
const list = async (ignoreText: string, outputs: string[] = []): Promise<ContextFile[]> =>
  (await listContext(folder, ignoreText, outputs)).files;
const paths = async (ignoreText: string, outputs: string[] = []) =>
  (await list(ignoreText, outputs)).filter(({ content }) => content !== 'folder').map(({ path }) => path);

test.each([
  ['', ['a.txt', 'dist/docker/own.json', 'libs/x/__pycache__/b.pyc', 'libs/x/b.py', 'node_modules/p/index.js']],
  ['# all\nnode_modules\n**/__pycache__\n/dist/\n', ['a.txt', 'libs/x/b.py']],
  ['*\n!a.txt\n', ['a.txt']],
  ['*\n!libs/**/*.py\n', ['libs/x/b.py']],
  ['**\n! libs\n**/*.pyc\r\n', ['libs/x/b.py']],
])('%j leaves %j', async (ignoreText, expected) => {
  expect(await paths(ignoreText)).toEqual(expected);
});

test('what git, Nx and deploys write does not count, nor a folder of that alone', async () => {
  const counted = async () => (await list('node_modules\nlibs\n', ['dist/docker'])).map(({ path }) => path);
  expect(await counted()).toEqual(['a.txt']);
  write('dist/other.txt');
  expect(await counted()).toEqual(['a.txt', 'dist', 'dist/other.txt']);
});

test.each([0o664, 0o755, 0o600, 0o777, 0o4644, 0o2644])('a file that is %o counts as another', async (bits) => {
  const before = await list('*\n!a.txt');
  chmodSync(join(folder, 'a.txt'), bits);
  expect(await list('*\n!a.txt')).not.toEqual(before);
});

test('folders count with their permissions, the empty ones too, but not where all in them is left out', async () => {
  mkdirSync(join(folder, 'empty'));
  chmodSync(join(folder, 'libs'), 0o700);
  const folders = (await list('node_modules\ndist\n**/__pycache__/*.pyc\nlibs/x/b.py\n')).flatMap(
    ({ path, mode, content }) => (content === 'folder' ? [`${path} ${mode}`] : []),
  );
  expect(folders).toEqual(['empty 755', 'libs 700', 'libs/x 755', 'libs/x/__pycache__ 755']);
  expect(await list('*')).toEqual([]);
  expect((await list('*\n!libs/x/b.py')).map(({ path }) => path)).toEqual(['libs', 'libs/x', 'libs/x/b.py']);
});

test('a symbolic link counts by where it leads, not by what is there', async () => {
  symlinkSync('/nowhere', join(folder, 'link'));
  expect(await list('*\n!link')).toEqual([{ path: 'link', mode: '', content: '-> /nowhere' }]);
});

test('a name is bytes: one that is no UTF-8 is read, and is not another one', async () => {
  const named = (byte: number) => Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([byte])]);
  writeFileSync(named(0xe9), 'x');
  writeFileSync(named(0xe8), 'y');
  expect(await paths('*\n!caf?')).toEqual(['caf\uDCE8', 'caf\uDCE9']);
});
