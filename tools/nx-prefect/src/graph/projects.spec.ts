import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { schema as build } from '../options/build-options';
import { schema as register } from '../options/register-options';
import { schema as pytest } from '../options/test-options';
import { inferNodes } from './nodes';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'projects-'))));
afterEach(() => rmSync(root, { recursive: true }));

function infer(contents: Record<string, string>, rawOptions: unknown = {}) {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const files = new Map(Object.entries(contents).map(([path, text]) => [path, text]));
  const projects = inferNodes(root, files, rawOptions).projects;
  return Object.fromEntries(projects.map((project) => [project.name!, project]));
}

test('a flow is a project with build, register and plan', () => {
  const { 'project_1-flow1': flow } = infer({ 'flows/project_1/flow1/flow.py': '' });
  expect(flow).toMatchObject({
    root: 'flows/project_1/flow1',
    tags: ['project:project_1', 'type:flow'],
    metadata: { technologies: ['prefect', 'python'] },
    targets: {
      build: { executor: 'nx-prefect:flow', cache: true, outputs: ['{workspaceRoot}/dist/{projectRoot}'] },
      register: { executor: 'nx-prefect:flow', cache: false },
      plan: { executor: 'nx-prefect:flow', cache: false },
    },
  });
  expect(flow!.targets!['register']!.inputs).toEqual([...flow!.targets!['build']!.inputs!, 'locked']);
  for (const { metadata } of Object.values(flow!.targets!)) {
    expect(metadata).toMatchObject({
      description: expect.any(String),
      help: { command: expect.stringContaining('project_1-flow1') },
    });
  }
});

test('the root has status and prune, with the configurations that flows have', () => {
  const settings = [{ flows: 'flows/**', configurations: { staging: { register: { environment: 'staging' } } } }];
  const { team } = infer({ 'flows/p/a/flow.py': '', 'package.json': '{"name": "team"}' }, { settings });
  expect(team).toMatchObject({
    root: '.',
    namedInputs: { shipped: [] },
    targets: {
      status: { executor: 'nx-prefect:workspace', cache: false, inputs: [], configurations: { staging: {} } },
      prune: { metadata: { help: { command: 'npx nx run team:prune --help' } } },
    },
  });
  expect(infer({ 'package.json': '{"name": "team"}' }, {})['team']).toBeUndefined();
});

test('only flows and libs that have tests have a test target', () => {
  const projects = infer({
    'flows/p/a/flow.py': '',
    'flows/p/b/flow.py': '',
    'flows/p/b/tests.py': '',
    'libs/x/x.py': '',
    'libs/y/tests/test_y.py': '',
  });
  expect(Object.entries(projects).map(([name, { targets }]) => [name, Object.keys(targets!)])).toEqual([
    ['p-a', ['build', 'register', 'plan', 'run']],
    ['p-b', ['build', 'register', 'plan', 'run', 'test']],
    ['x', []],
    ['y', ['test']],
    ['workspace', ['status', 'prune']],
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
  const { 'p-a': flow } = infer(
    { 'flows/p/a/flow.py': '', 'flows/p/a/tests.py': '' },
    { build: { load: 'static' }, register: { labels: ['dev'] }, test: { args: ['-q'] } },
  );
  expect(Object.entries(flow!.targets!).map(([name, { options }]) => [name, options])).toEqual([
    ['build', { load: 'static' }],
    ['register', { labels: ['dev'] }],
    ['plan', { labels: ['dev'] }],
    // What it takes is the flow's own.
    ['run', undefined],
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
  expect(flow!.namedInputs!['runsWith']!.filter((input) => typeof input === 'object' && 'env' in input)).toEqual([
    { env: 'STAGE' },
    { env: 'REGION' },
  ]);
  expect(broken!.namedInputs!['runsWith']).toContainEqual({ env: 'STAGE' });
});

test('data files of the plugin and of the project count for what ships, is built and is tested', () => {
  const { 'p-a': flow, x: lib } = infer(
    {
      'flows/p/a/flow.py': '',
      'libs/x/x.py': '',
      'flows/p/a/project.json': '{ "targets": { "build": { "options": { "dataFiles": ["config/a.yaml"] } } } }',
    },
    { dataFiles: ['shared/**'] },
  );
  for (const name of ['shipped', 'built', 'tested']) {
    expect(flow!.namedInputs![name]).toEqual(
      expect.arrayContaining(['{workspaceRoot}/shared/**', '{workspaceRoot}/config/a.yaml']),
    );
    expect(lib!.namedInputs![name]).not.toContain('{workspaceRoot}/shared/**');
  }
  expect(flow!.targets!['build']!.options).toEqual({ dataFiles: ['shared/**'] });
});

test('what a conftest.py above imports is an input of test', () => {
  const projects = infer({
    'flows/p/a/flow.py': '',
    'flows/p/a/tests.py': '',
    'conftest.py': 'import samples',
    'flows/conftest.py': 'import more',
    'libs/samples/__init__.py': '',
    'libs/more/more.py': '',
  });
  expect(projects['p-a']!.targets!['test']!.inputs).toContainEqual({ input: 'shipped', projects: ['more', 'samples'] });
  expect(projects['p-a']!.targets!['build']!.inputs).toEqual(['built', '^shipped']);
});

test('the description is the first paragraph of the README', () => {
  const { 'p-a': flow } = infer({ 'flows/p/a/flow.py': '', 'flows/p/a/README.md': '# A\n\nLoads *orders*.\n' });
  expect(flow!.metadata!.description).toBe('Loads orders.');
});

describe('owners', () => {
  const ownersIn = (contents: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(infer(contents))
        .filter(([, { root: folder }]) => folder !== '.')
        .map(([name, { metadata }]) => [name, metadata!.owners && Object.keys(metadata!.owners)]),
    );
  const files = {
    'flows/p/a/flow.py': '',
    'flows/p/a/q.sql': '',
    'flows/p/b/flow.py': '',
    'libs/x/conftest.py': '',
    'libs/x/mail.py': '',
  };

  test('of a flow are those of its flow.py, of a lib those of its first module', () => {
    const CODEOWNERS = '* @all\n/flows/p/b/\n*.sql @dba\nconftest.py @qa\n/libs/x/mail.py a@example.com @mail';
    expect(ownersIn({ ...files, CODEOWNERS })).toEqual({
      'p-a': ['@all'],
      'p-b': undefined,
      x: ['a@example.com', '@mail'],
    });
  });
  test('are named in the shape that Nx knows', () => {
    expect(infer({ ...files, CODEOWNERS: '*.py @a @b' })['p-a']!.metadata!.owners).toEqual({
      '@a': { ownedFiles: [{ files: ['*'] }] },
      '@b': { ownedFiles: [{ files: ['*'] }] },
    });
  });
  test('that a README names go first', () => {
    expect(
      ownersIn({
        ...files,
        CODEOWNERS: '* @all',
        'flows/p/a/README.md': '# A\n\nOwner: @sales\n',
        'libs/x/README.md': '# X\n',
      }),
    ).toEqual({ 'p-a': ['@sales'], 'p-b': ['@all'], x: ['@all'] });
  });
  test('are in one file, of .github, the root, docs, .gitlab in this order', () => {
    const places: Record<string, string> = {
      '.github/CODEOWNERS': '* @github',
      CODEOWNERS: '* @root',
      'docs/CODEOWNERS': '* @docs',
      '.gitlab/CODEOWNERS': '* @gitlab',
    };
    const found: unknown[] = [];
    for (const place of Object.keys(places)) {
      found.push(ownersIn({ 'flows/p/a/flow.py': '', ...places })['p-a']);
      delete places[place];
    }
    expect(found).toEqual([['@github'], ['@root'], ['@docs'], ['@gitlab']]);
  });
});

test('examples in help are options that the executors take', () => {
  const { 'p-a': flow } = infer({ 'flows/p/a/flow.py': '', 'flows/p/a/tests.py': '' });
  const schemas: Record<string, z.ZodObject> = { build, register, plan: register, run: z.object({}), test: pytest };
  for (const [target, { metadata }] of Object.entries(flow!.targets!))
    expect(schemas[target]!.strict().parse(metadata!.help!.example.options)).toBeDefined();
});

test('help is asked of the name that project.json gives', () => {
  const { 'p-a': flow } = infer({
    'flows/p/a/flow.py': '',
    'flows/p/a/tests.py': '',
    'flows/p/a/project.json': '{ "name": "orders" }',
  });
  expect(Object.values(flow!.targets!).map(({ metadata }) => metadata!.help!.command)).toEqual(
    ['build', 'register', 'plan', 'run', 'test'].map((target) => `npx nx run orders:${target} --help`),
  );
});

test.each([
  [{ 'flows/a-b/c/flow.py': '', 'flows/a/b-c/flow.py': '' }, ['a-b-c', 'flows/a/b-c']],
  [{ 'flows/a/b/flow.py': '', 'libs/a-b/__init__.py': '' }, ['a-b', 'libs/a-b']],
])('the later of two folders with one name is called by its path', (contents, names) =>
  expect(Object.keys(infer(contents))).toEqual([...names, 'workspace']),
);

describe('a flow without a folder of its own', () => {
  const FLOW = 'from prefect import flow\n@flow\ndef main(): pass\n';
  const YAML = 'deployments:\n- {name: d, entrypoint: "etl.py:main"}\n';

  test('is a project rooted at its file, which names its inputs one by one', () => {
    const { etl } = infer(
      {
        'jobs/etl.py': `import shared\nimport gone\n${FLOW}`,
        'jobs/shared.py': '',
        'jobs/prefect.yaml': YAML,
      },
      { flows: ['jobs/*.py'] },
    );
    expect(etl).toMatchObject({
      root: 'jobs/etl.py',
      tags: ['project:jobs', 'type:flow'],
      namedInputs: {
        ownFiles: ['{workspaceRoot}/jobs/etl.py'],
        reachedFiles: ['{workspaceRoot}/jobs/shared.py'],
        missing: ['{workspaceRoot}/gone{.py,/__init__.py}', '{workspaceRoot}/jobs/gone{.py,/__init__.py}'],
        namedBy: ['{workspaceRoot}/jobs/prefect.yaml'],
        shipped: ['ownFiles', 'reachedFiles'],
      },
      targets: { build: { outputs: ['{workspaceRoot}/dist/files/{projectRoot}'] } },
    });
    expect(JSON.stringify(etl!.namedInputs)).not.toContain('{projectRoot}');
  });

  test('has its settings in the options of the plugin: later entries win', () => {
    const settings = [
      { flows: 'jobs/*.py', build: { buildEnv: ['REGION'] }, register: { workPool: 'a', tags: ['x'] } },
      {
        flows: 'jobs/etl.py',
        register: { workPool: 'b' },
        configurations: { staging: { register: { workPool: 's' } } },
      },
    ];
    const { etl, other } = infer({ 'jobs/etl.py': FLOW, 'jobs/other.py': FLOW }, { flows: ['jobs/*.py'], settings });
    expect(etl!.targets!['register']).toMatchObject({
      options: { workPool: 'b', tags: ['x'] },
      configurations: { staging: { workPool: 's' } },
    });
    expect(other!.targets!['register']!.options).toEqual({ workPool: 'a', tags: ['x'] });
    expect(other!.targets!['register']!.configurations).toBeUndefined();
    expect(etl!.namedInputs!['runsWith']).toContainEqual({ env: 'REGION' });
    const wrong = [{ flows: 'jobs/*.py', register: { workPoool: 'a' } }];
    expect(() => infer({}, { settings: wrong })).toThrow(/workPoool/);
  });
});
