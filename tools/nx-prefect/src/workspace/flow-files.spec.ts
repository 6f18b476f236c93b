import { findFlowFiles } from './flow-files';
import { namedEntrypoints } from './prefect-yaml-entrypoints';

/** @param yaml `prefect.yaml` files by path; @param flows files that define a flow, of `others` */
function find(yaml: Record<string, string>, patterns: string[], flows: string[], others: string[] = []) {
  return findFlowFiles({
    files: [...Object.keys(yaml), ...flows, ...others],
    patterns,
    sourceRoots: ['src'],
    entrypointsOf: (file) => namedEntrypoints(yaml[file]!),
    definesFlow: (file) => flows.includes(file),
  });
}

const deployments = (...entrypoints: string[]) =>
  `deployments:\n${entrypoints.map((entrypoint) => `- {name: d, entrypoint: '${entrypoint}'}\n`).join('')}`;

test.each([
  ['prefect.yaml', 'flows/etl.py:main', 'flows/etl.py'],
  ['prefect.yaml', './flows/etl.py:Demo.run', 'flows/etl.py'],
  ['teams/a/prefect.yaml', 'flows/etl.py:main', 'teams/a/flows/etl.py'],
  ['deploy/prefect.yaml', 'flows/etl.py:main', 'flows/etl.py'],
  ['prefect.yaml', 'my_pkg.flows.daily:main', 'src/my_pkg/flows/daily.py'],
  ['prefect.yaml', 'my_pkg.flows.daily.main', 'src/my_pkg/flows/daily.py'],
])('%s: %s is the flow %s', (yaml, entrypoint, file) => {
  const { files, namedBy, notes } = find({ [yaml]: deployments(entrypoint, entrypoint) }, [], [], [file]);
  expect([files, [...namedBy], notes]).toEqual([[file], [[file, [yaml]]], []]);
});

test('a file that a pattern matches is a flow if it defines one or a prefect.yaml names it', () => {
  const found = find({ 'prefect.yaml': deployments('flows/b.py:x') }, ['flows/*.py'], ['flows/a.py'], ['flows/b.py']);
  expect(found).toMatchObject({ files: ['flows/a.py', 'flows/b.py'], notes: [] });
});

test('a deployment takes its entrypoint from what its aliases name, however many there are', () => {
  const entries = Array.from({ length: 200 }, (_, at) => `- {<<: *base, name: d${at}, work_pool: *pool}\n`).join('');
  const text = `pool: &pool {env: &env {A: 1}, more: *env}\nbase: &base {<<: {entrypoint: flows/etl.py:main}}\n`;
  const { files, notes } = find({ 'prefect.yaml': `${text}deployments:\n${entries}` }, [], [], ['flows/etl.py']);
  expect([files, notes]).toEqual([['flows/etl.py'], []]);
});

test('merges of merges of merges, and of themselves, are looked through once', () => {
  const merges = (level: number) => `{<<: [${Array.from({ length: 9 }, () => `*m${level - 1}`).join(', ')}]}`;
  const levels = Array.from({ length: 40 }, (_, at) => `m${at + 1}: &m${at + 1} ${merges(at + 1)}\n`).join('');
  const text = `m0: &m0 {a: 1}\n${levels}deployments:\n- &own {<<: *own, name: d}\n- {<<: *m40, name: e}\n`;
  const entry = `- {<<: [*m40, {entrypoint: flows/etl.py:main}], name: f}\n`;
  const { files, notes } = find({ 'prefect.yaml': text + entry }, [], [], ['flows/etl.py']);
  expect([files, notes]).toEqual([['flows/etl.py'], []]);
});

test('what counts for nothing is said', () => {
  const entries = deployments('flows/gone.py:main', 'flows/c.py:main');
  const yaml = { 'prefect.yaml': entries, 'x/prefect.yaml': 'a: [', 'y/prefect.yaml': '- 1' };
  const found = find(
    yaml,
    ['flows/*.py', 'jobs/*.py'],
    ['flows/a.py'],
    ['flows/b.py', 'flows/c.py', 'flows/__init__.py'],
  );
  expect(found).toMatchObject({ files: ['flows/a.py', 'flows/c.py'], without: ['flows/b.py'] });
  expect(found.notes).toEqual([
    {
      text: 'prefect.yaml: the deployment "d" names flows/gone.py:main, and there is no such file.',
      about: ['flows/c.py'],
    },
    {
      text: expect.stringMatching(
        /^x\/prefect\.yaml: its entrypoints make no flow projects, since it can't be read: ./,
      ) as string,
      about: [],
    },
    { text: 'nx.json: the pattern jobs/*.py of the option "flows" matches no Python file.', about: [] },
  ]);
});
