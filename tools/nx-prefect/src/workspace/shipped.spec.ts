import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { BUILT_GLOBS, NOT_SHIPPED_GLOB, shipped } from './shipped';

// Nx's own matcher, the one that hashes: that both say the same is the whole point.
const { expandFilesInput } = require('nx/src/native') as { expandFilesInput(root: string, globs: string[]): string[] };

const folder = fc.constantFrom(
  'tests',
  'test',
  '__pycache__',
  'data',
  'README',
  '.hidden',
  'my_tests',
  'test_data',
  'Dockerfile',
);
const file = fc.constantFrom(
  'flow.py',
  'tasks.py',
  'tests.py',
  'mytests.py',
  'test_a.py',
  'test.py',
  'a_test.py',
  '_test.py',
  'latest.py',
  'conftest.py',
  'test_a.txt',
  'README',
  'README.md',
  'readme.md',
  'xREADME.md',
  'Dockerfile',
  'Dockerfile.dev',
  '.dockerignore',
  'dockerignore',
  'project.json',
  'prefect.yaml',
  'prefect.yml',
  '.env.example',
  'a b.txt',
  'tests',
);
const path = fc.tuple(fc.array(folder, { maxLength: 3 }), file).map(([folders, name]) => [...folders, name].join('/'));

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'shipped-'))));
afterEach(() => rmSync(root, { recursive: true }));

function matched(globs: readonly string[]): string[] {
  const below = globs.map((glob) => glob.replace('{projectRoot}', 'flows/p/f'));
  return expandFilesInput(root, below)
    .map((found) => found.slice('flows/p/f/'.length))
    .sort();
}

function write(paths: string[]): string[] {
  return paths.filter((name) => {
    try {
      mkdirSync(dirname(join(root, 'flows/p/f', name)), { recursive: true });
      writeFileSync(join(root, 'flows/p/f', name), 'x');
      return true;
    } catch {
      return false; // `tests` is a file of this run already, and can't be a folder
    }
  });
}

test('what ships is what Nx hashes', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { minLength: 1, maxLength: 40 }), (paths) => {
      rmSync(join(root, 'flows'), { recursive: true, force: true });
      const written = write(paths);
      expect(matched([...BUILT_GLOBS, NOT_SHIPPED_GLOB])).toEqual(written.filter(shipped).sort());
      expect(matched(BUILT_GLOBS)).toEqual(written.filter((name) => shipped(name) || name === 'prefect.yaml').sort());
    }),
    { numRuns: 60 },
  );
});

test.each(['flow.py', 'latest.py', 'data/README.md', 'data/project.json', '.env.example', 'sql/orders.sql'])(
  '%s ships',
  (name) => {
    expect(shipped(name)).toBe(true);
  },
);

test.each([
  'README.md',
  'Dockerfile.dev',
  'prefect.yaml',
  'tests/data/x.csv',
  'alerts/tests/test_x.py',
  'alerts/conftest.py',
])('%s stays', (name) => {
  expect(shipped(name)).toBe(false);
});
