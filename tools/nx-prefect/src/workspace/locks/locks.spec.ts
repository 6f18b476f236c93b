import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { findLocks, readLock } from './locks';

test.each([
  [['uv.lock', 'requirements.txt'], ['uv.lock']],
  [['poetry.lock', 'pylock.toml', 'pyproject.toml'], ['poetry.lock']],
  [['pylock.dev.toml', 'pylock.toml', 'requirements.txt'], ['pylock.toml']],
  [
    ['pylock.dev.toml', 'pylock.prod.toml'],
    ['pylock.dev.toml', 'pylock.prod.toml'],
  ],
  [['requirements-dev.txt', 'requirements.txt'], ['requirements.txt']],
  [
    ['requirements-b.txt', 'requirements-a.txt'],
    ['requirements-a.txt', 'requirements-b.txt'],
  ],
])('of %j in a folder %j governs', (files, expected) => {
  expect(findLocks(files)('flows/p/a')).toEqual({ folder: '', files: expected });
});

test('the nearest going up governs', () => {
  const find = findLocks([
    'uv.lock',
    'flows/p/requirements.txt',
    'flows/p/a/poetry.lock',
    'flows/q/a/sub/uv.lock',
    'flows/q/notes.txt',
    'other/uv.lock',
  ]);
  expect(['flows/p/a', 'flows/p/b', 'flows/q/a', 'libs/x'].map((root) => find(root)?.folder)).toEqual([
    'flows/p/a',
    'flows/p',
    '',
    '',
  ]);
  expect(findLocks(['flows/p/uv.lock'])('flows/q/a')).toBeUndefined();
});

describe('reading', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'locks-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  function read(contents: Record<string, string>, files = Object.keys(contents)) {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return readLock({ folder: '', files }, root, new Map(Object.entries(contents)));
  }

  test('a lock in several files is all of them', () => {
    const { packages, knowsDependencies } = read({
      'requirements-a.txt': 'six==1 # via rich',
      'requirements-b.txt': 'six==2\nrich==3',
    });
    expect([...packages.values()].map(({ name, version }) => `${name} ${version}`)).toEqual(['six 1, 2', 'rich 3']);
    expect(knowsDependencies).toBe(false);
  });

  test('includes are read from the workspace, what git ignores is not', () => {
    writeFileSync(join(root, 'ignored.txt'), 'secret==1');
    expect([
      ...read({ 'requirements.txt': '-r deps/base.txt\n-r ignored.txt', 'deps/base.txt': 'six==1' }, [
        'requirements.txt',
      ]).packages.keys(),
    ]).toEqual(['six']);
  });

  test('a new hash is read anew', () => {
    const lock = (version: string) => `[[package]]\nname = "six"\nversion = "${version}"\n`;
    expect(read({ 'uv.lock': lock('1') }).packages.get('six')?.version).toBe('1');
    expect(read({ 'uv.lock': lock('2') }).packages.get('six')?.version).toBe('2');
  });

  test("this repository's own lock", () => {
    const { packages } = readLock(
      { folder: '', files: ['requirements.txt'] },
      resolve(__dirname, '../../../../..'),
      new Map([['requirements.txt', '']]),
    );
    expect(packages.size).toBeGreaterThan(100);
    expect(packages.get('prefect')).toMatchObject({
      version: expect.stringMatching(/^3\./),
      hashes: expect.arrayContaining([expect.stringMatching(/^sha256:/)]),
    });
    const odd = [...packages.values()].filter(
      ({ version, hashes }) =>
        !/^\d[\w.+!]*(, \d[\w.+!]*)*$/.test(version) || !hashes.some((hash) => hash.startsWith('sha256:')),
    );
    expect(odd.map(({ name, version }) => `${name} ${version}`)).toEqual([]);
  });
});
