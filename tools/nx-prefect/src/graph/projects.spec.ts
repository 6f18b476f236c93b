import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parsePluginOptions } from '../options';
import { readLayout } from './layout';
import { createModuleResolver } from './modules';
import { inferProjects } from './projects';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'projects-'))));
afterEach(() => rmSync(root, { recursive: true }));

function infer(contents: Record<string, string>, rawOptions: unknown = {}) {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const options = parsePluginOptions(rawOptions);
  const files = new Map(Object.entries(contents).map(([path, text]) => [path, text]));
  const layout = readLayout(files.keys(), options);
  const projects = inferProjects({ root, files, layout, modules: createModuleResolver(layout) }, options);
  return Object.fromEntries(projects.map((project) => [project.name!, project]));
}

test('a flow is a project with build, register and plan', () => {
  const { 'project_1-flow1': flow } = infer({ 'flows/project_1/flow1/flow.py': '' });
  expect(flow).toMatchObject({
    root: 'flows/project_1/flow1',
    tags: ['project:project_1', 'type:flow'],
    metadata: { technologies: ['prefect', 'python'] },
    targets: {
      build: { executor: 'nx-prefect:build', cache: true, outputs: ['{workspaceRoot}/dist/{projectRoot}'] },
      register: { executor: 'nx-prefect:register', cache: false, dependsOn: ['build'] },
      plan: { executor: 'nx-prefect:plan', cache: false, dependsOn: ['build'] },
    },
  });
  expect(flow!.targets!['register']!.inputs).toEqual([...flow!.targets!['build']!.inputs!, 'locked']);
  for (const { metadata } of Object.values(flow!.targets!)) {
    expect(metadata).toMatchObject({ description: expect.any(String), help: { command: expect.stringContaining('project_1-flow1') } });
  }
});

test('only flows and libs that have tests have a test target', () => {
  const projects = infer({ 'flows/p/a/flow.py': '', 'flows/p/b/flow.py': '', 'flows/p/b/tests.py': '', 'libs/x/x.py': '', 'libs/y/tests/test_y.py': '' });
  expect(Object.entries(projects).map(([name, { targets }]) => [name, Object.keys(targets!)])).toEqual([
    ['p-a', ['build', 'register', 'plan']],
    ['p-b', ['build', 'register', 'plan', 'test']],
    ['x', []],
    ['y', ['test']],
  ]);
});

test('what only tests import is an input of test, under the name that its project.json gives', () => {
  const projects = infer({
    'flows/p/a/flow.py': '',
    'flows/p/a/tests.py': 'import samples\nimport renamed',
    'libs/samples/__init__.py': '',
    'libs/renamed/__init__.py': '',
    'libs/renamed/project.json': '{ "name": "other" }',
  });
  expect(projects['p-a']!.targets!['test']!.inputs).toEqual([
    'tested',
    '^shipped',
    { input: 'shipped', projects: ['other', 'samples'] },
    { input: 'shipped', projects: ['other', 'samples'], dependencies: true },
  ]);
  expect(projects['p-a']!.targets!['build']!.inputs).toEqual(['built', '^shipped']);
});

test('default options reach the targets; plan has those of register', () => {
  const { 'p-a': flow } = infer({ 'flows/p/a/flow.py': '', 'flows/p/a/tests.py': '' }, { build: { load: 'static' }, register: { labels: ['dev'] }, test: { args: ['-q'] } });
  expect(Object.entries(flow!.targets!).map(([name, { options }]) => [name, options])).toEqual([
    ['build', { load: 'static' }],
    ['register', { labels: ['dev'] }],
    ['plan', { labels: ['dev'] }],
    ['test', { args: ['-q'] }],
  ]);
});

test('environment variables of the plugin and of the project are inputs of build', () => {
  const { 'p-a': flow, 'p-b': broken } = infer(
    {
      'flows/p/a/flow.py': '',
      'flows/p/a/project.json': '{ "targets": { "build": { "options": { "buildEnv": ["REGION", "STAGE"] } } } }',
      'flows/p/b/flow.py': '',
      'flows/p/b/project.json': '{ not json',
    },
    { buildEnv: ['STAGE'] },
  );
  expect(flow!.namedInputs!['built']!.filter((input) => typeof input === 'object' && 'env' in input)).toEqual([{ env: 'STAGE' }, { env: 'REGION' }]);
  expect(broken!.namedInputs!['built']).toContainEqual({ env: 'STAGE' });
});

test('data files of the plugin and of the project count for what ships, is built and is tested', () => {
  const { 'p-a': flow, x: lib } = infer(
    { 'flows/p/a/flow.py': '', 'libs/x/x.py': '', 'flows/p/a/project.json': '{ "targets": { "build": { "options": { "dataFiles": ["config/a.yaml"] } } } }' },
    { dataFiles: ['shared/**'] },
  );
  for (const name of ['shipped', 'built', 'tested']) {
    expect(flow!.namedInputs![name]).toEqual(expect.arrayContaining(['{workspaceRoot}/shared/**', '{workspaceRoot}/config/a.yaml']));
    expect(lib!.namedInputs![name]).not.toContain('{workspaceRoot}/shared/**');
  }
  expect(flow!.targets!['build']!.options).toEqual({ dataFiles: ['shared/**'] });
});

test('what a conftest.py above imports is an input of test', () => {
  const projects = infer({ 'flows/p/a/flow.py': '', 'flows/p/a/tests.py': '', 'conftest.py': 'import samples', 'flows/conftest.py': 'import more', 'libs/samples/__init__.py': '', 'libs/more/more.py': '' });
  expect(projects['p-a']!.targets!['test']!.inputs).toContainEqual({ input: 'shipped', projects: ['more', 'samples'] });
  expect(projects['p-a']!.targets!['build']!.inputs).toEqual(['built', '^shipped']);
});

test('the description is the first paragraph of the README', () => {
  const { 'p-a': flow } = infer({ 'flows/p/a/flow.py': '', 'flows/p/a/README.md': '# A\n\nLoads *orders*.\n' });
  expect(flow!.metadata!.description).toBe('Loads orders.');
});

test.each([
  [{ 'flows/a-b/c/flow.py': '', 'flows/a/b-c/flow.py': '' }, /flows\/a-b\/c and flows\/a\/b-c .*a-b-c/],
  [{ 'flows/a/b/flow.py': '', 'libs/a-b/__init__.py': '' }, /flows\/a\/b and libs\/a-b .*a-b/],
])('two folders with one name are refused', (contents, message) => expect(() => infer(contents)).toThrow(message));
