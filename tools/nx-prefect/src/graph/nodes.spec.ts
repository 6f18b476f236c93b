import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inferNodes } from './nodes';

const IN_WORKER = globalThis as { NX_PLUGIN_WORKER?: true };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nodes-'));
  IN_WORKER.NX_PLUGIN_WORKER = true;
});
afterEach(() => {
  delete IN_WORKER.NX_PLUGIN_WORKER;
  rmSync(root, { recursive: true });
});

const FILES = { 'flows/p/a/flow.py': 'import x', 'libs/x/x.py': '', Dockerfile: 'FROM x' };

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function nodes(contents: Record<string, string> = FILES, options: object = {}) {
  for (const [path, text] of Object.entries(contents)) write(path, text);
  return inferNodes(root, new Map(Object.entries(contents)), options);
}

test('in the worker nodes are made once, until something changes that they say', () => {
  const first = nodes();
  expect(nodes()).toBe(first);
  expect(nodes({ ...FILES, 'flows/p/a/flow.py': 'import six' })).toBe(first);
  expect(nodes({ ...FILES, 'flows/p/a/README.md': 'Loads orders.' }).projects[0]!.metadata).toMatchObject({
    description: 'Loads orders.',
  });
  expect(nodes(FILES, { buildEnv: ['STAGE'] }).projects[0]!.namedInputs!['runsWith']).toContainEqual({ env: 'STAGE' });
});

test.each([
  ['a .venv at the root', [], '.venv/lib/python3.11/site-packages/six.py'],
  ["a flow's own .venv", [], 'flows/p/a/.venv/lib/python3.11/site-packages/six.py'],
  [
    'another Python in it',
    ['flows/p/a/.venv/lib/python3.11/site-packages/six.py'],
    'flows/p/a/.venv/lib/python3.12/site-packages/six.py',
  ],
  ['a .dockerignore', [], '.dockerignore'],
])('what git may ignore counts at once: %s', (_, before, added) => {
  for (const path of before) write(path, '');
  const first = nodes();
  write(added, 'libs\n');
  expect(nodes().projects).not.toEqual(first.projects);
});

test('in one process with Nx, which writes into what it is given, they are made each time', () => {
  delete IN_WORKER.NX_PLUGIN_WORKER;
  const first = nodes();
  first.projects[0]!.metadata!.technologies!.push('mine');
  expect(nodes().projects[0]!.metadata!.technologies).toEqual(['prefect', 'python']);
});
