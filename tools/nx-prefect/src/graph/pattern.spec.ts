import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodesPattern } from './pattern';

// Nx's own matcher of plugins' patterns.
const { WorkspaceContext } = require('nx/src/native') as {
  WorkspaceContext: new (root: string, cache: string) => { glob(globs: string[]): string[] };
};

const FILES = [
  'nx.json',
  'Dockerfile',
  'images/w/Dockerfile',
  'flows/p/a/Dockerfile',
  'flows/p/a/flow.py',
  'flows/p/a/tasks.py',
  'flows/p/a/tests.py',
  'libs/x/__init__.py',
  'libs/x/src/x/deep/y.py',
  'libs/x/README.md',
  'libs/x/test_x.py',
  'libs/x/tests.py',
  'libs/y.py',
  'teams/s/python/z.py',
  'other/x/y.py',
];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pattern-'));
  for (const file of FILES) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['{ "plugins": ["nx-prefect"] }', ['flows/p/a/flow.py', 'libs/x/__init__.py', 'libs/x/src/x/deep/y.py']],
  [
    '{ "plugins": ["other", { "plugin": "./tools/nx-prefect", "options": { "sourceRoots": ["teams/*/python"] } }] }',
    ['flows/p/a/flow.py', 'teams/s/python/z.py'],
  ],
  [
    '{ "plugins": [{ "plugin": "nx-prefect", "options": { "libsDirectory": "other" } }] }',
    ['flows/p/a/flow.py', 'other/x/y.py'],
  ],
  ['{ not json', ['flows/p/a/flow.py', 'libs/x/__init__.py', 'libs/x/src/x/deep/y.py']],
  ['{}', ['flows/p/a/flow.py']],
])('%s', (nxJson, expected) => {
  const found = new WorkspaceContext(root, join(root, '.cache')).glob([nodesPattern(nxJson)]);
  expect(found.sort()).toEqual([...expected, 'nx.json'].sort());
});
