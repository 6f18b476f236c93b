import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { parsePluginOptions } from '../options/plugin-options';
import { resolution } from './resolution';

const FILES: readonly [file: string, hash: string][] = [
  ['flows/p/a/flow.py', '1'],
  ['libs/alerts/__init__.py', '1'],
];

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'resolution-'))));
afterEach(() => rmSync(root, { recursive: true }));

function resolve(files: readonly [file: string, hash: string][] = FILES, options: object = {}) {
  return all(files, options).modules;
}

function all(files: readonly [file: string, hash: string][] = FILES, options: object = {}) {
  return resolution(root, new Map(files), parsePluginOptions(options));
}

test('layout, modules and packages of the workspace', () => {
  const { layout, modules, packages } = all();
  expect(layout.flows.map(({ name }) => name)).toEqual(['p-a']);
  expect(modules.resolve({ module: 'alerts', level: 0, names: [], line: 1 }, 'flows/p/a/flow.py', 'flows/p/a')).toEqual(
    ['libs/alerts'],
  );
  expect(packages.nodes).toEqual({});
});

test('is made once for the same files and options, in whatever order Nx lists them', () => {
  expect(resolve(FILES.toReversed())).toBe(resolve());
});

test('is kept when Python that ships says something else', () => {
  const before = resolve();
  expect(
    resolve([
      [FILES[0]![0], '2'],
      [FILES[1]![0], '2'],
    ]),
  ).toBe(before);
});

test.each([
  'project.json',
  'README.md',
  'tests.py',
  'test_a.py',
  'tests/test_a.py',
  'conftest.py',
  'README.py',
  'Dockerfile.py',
  'q.sql',
  '../conftest.py',
  '../requirements.txt',
])('is made again when %s in the folder of a flow says something else', (path) => {
  const file = posix.join('flows/p/a', path);
  const before = resolve([...FILES, [file, '1']]);
  expect(resolve([...FILES, [file, '1']])).toBe(before);
  expect(resolve([...FILES, [file, '2']])).not.toBe(before);
});

test.each<[string, readonly [string, string][], object]>([
  ['a file more', [...FILES, ['libs/clock/__init__.py', '1']], {}],
  ['a file less', FILES.slice(0, 1), {}],
  ['a file that moved', [FILES[0]!, ['libs/clock/__init__.py', '1']], {}],
  ['another option', FILES, { imports: { mail: 'libs/alerts' } }],
])('is made again for %s', (_, files, options) => {
  const before = resolve();
  expect(resolve(files, options)).not.toBe(before);
});

test('one workspace gets nothing of another, nor of a lock as it was', () => {
  const lock = (version: string) =>
    writeFileSync(join(root, 'uv.lock'), `version = 1\n\n[[package]]\nname = "six"\nversion = "${version}"\n`);
  const locked = (hash: string) => all([...FILES, ['uv.lock', hash]]).packages.nodes['pypi:six']?.data.version;
  lock('1.16.0');
  expect(locked('1')).toBe('1.16.0');
  lock('1.17.0');
  expect(locked('2')).toBe('1.17.0');
  const elsewhere = resolution(join(root, 'other'), new Map(FILES), parsePluginOptions({}));
  expect(elsewhere.packages.nodes).toEqual({});
});
