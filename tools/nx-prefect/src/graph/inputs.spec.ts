import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInputs } from './inputs';

const NONE = { environmentVariables: [], dataFiles: [] };

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'inputs-'))));
afterEach(() => rmSync(root, { recursive: true }));

test('flows beside each other that read the same share their inputs', () => {
  const inputs = createInputs(root, () => '');
  expect(inputs.named('flows/p/b', { ...NONE })).toBe(inputs.named('flows/p/a', { ...NONE }));
});

test('what one of them has for itself is its own', () => {
  mkdirSync(join(root, 'flows/p/venv/.venv/lib/python3.11'), { recursive: true });
  const inputs = createInputs(root, (folder) => (folder === 'flows/p/lock' ? folder : ''));
  const common = inputs.named('flows/p/a', NONE);
  expect(common['locked']).toHaveLength(3);
  expect(inputs.named('flows/p/lock', NONE)).toEqual({ ...common, locked: [] });
  expect(inputs.named('flows/p/venv', NONE)['built']).toContainEqual({ fileset: '{workspaceRoot}/flows/p/venv/.venv/lib/python3.11/site-packages/prefect-*.dist-info/METADATA', includeIgnored: true });
  expect(inputs.named('flows/p/env', { ...NONE, environmentVariables: ['STAGE'] })['built']).toEqual([...common['built']!.slice(0, -2), { env: 'STAGE' }, ...common['built']!.slice(-2)]);
  expect(inputs.named('flows/p/data', { ...NONE, dataFiles: ['shared/**'] })['shipped']).toEqual([...common['shipped']!, '{workspaceRoot}/shared/**']);
  expect(inputs.named('flows/p/python', { ...NONE, python: '/opt/python' })['built']!.at(-1)).toEqual({ runtime: expect.stringContaining('/opt/python') });
  expect(inputs.named('flows/other/a', NONE)['tested']).not.toEqual(common['tested']);
});
