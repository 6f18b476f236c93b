import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rootName } from './image-projects';
import { inferNodes } from './nodes';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'images-'))));
afterEach(() => rmSync(root, { recursive: true }));

function infer(contents: Record<string, string>, rawOptions: unknown = {}) {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const files = new Map(Object.entries(contents));
  return inferNodes(root, files, rawOptions).projects;
}
const FLOW = { 'flows/p/a/flow.py': '' };
const named = (projects: ReturnType<typeof infer>, name: string) => projects.find((project) => project.name === name);

test('the root, a flow, a lib and images/<image> with a Dockerfile have docker-deploy; an example has not', () => {
  const dockerfiles = [
    'Dockerfile',
    'flows/p/a/Dockerfile',
    'libs/x/Dockerfile',
    'images/worker/Dockerfile',
    'docs/example/Dockerfile',
    'images/deep/er/Dockerfile',
  ];
  const projects = infer({
    ...FLOW,
    'flows/p/b/flow.py': '',
    'libs/x/x.py': '',
    'package.json': '{"name": "team"}',
    ...Object.fromEntries(dockerfiles.map((file) => [file, 'FROM x'])),
  });
  const deploying = projects
    .filter(({ targets }) => targets?.['docker-deploy'])
    .map(({ name, root: folder }) => [name, folder]);
  expect(deploying).toEqual([
    ['p-a', 'flows/p/a'],
    ['x', 'libs/x'],
    ['team', '.'],
    ['image-worker', 'images/worker'],
  ]);
  expect(named(projects, 'p-a')?.targets?.['docker-deploy']).toMatchObject({
    executor: 'nx-prefect:docker-deploy',
    cache: false,
    inputs: ['image'],
    outputs: ['{workspaceRoot}/dist/docker/{projectName}.json'],
  });
  expect(named(projects, 'team')).toMatchObject({
    root: '.',
    namedInputs: { shipped: [], image: expect.arrayContaining(['{workspaceRoot}/**/*']) },
  });
});

test("somebody's own project keeps its name", () => {
  const projects = infer({
    ...FLOW,
    'apps/api/Dockerfile': 'FROM x',
    'apps/api/project.json': '{"name": "api"}',
    Dockerfile: 'FROM x',
    'project.json': '{"name": "prefect"}',
  });
  expect(projects.slice(1)).toEqual([
    expect.not.objectContaining({ name: expect.anything() }),
    expect.not.objectContaining({ name: expect.anything() }),
  ]);
  expect(projects.slice(1).map(({ root: folder, targets }) => [folder, Object.keys(targets ?? {})])).toEqual([
    ['.', ['status', 'prune', 'docker-deploy']],
    ['apps/api', ['docker-deploy']],
  ]);
});

test.each([
  ['{"name": "team"}', [], 'team'],
  ['{}', [], 'workspace'],
  ['{ not json', [], 'workspace'],
  ['{"name": "p-a"}', ['p-a', 'workspace'], 'root'],
])('the root whose package.json is %s, where %j are taken, is called %s', (packageJson, taken, expected) => {
  writeFileSync(join(root, 'package.json'), packageJson);
  expect(rootName(root, new Map([['package.json', '1']]), new Map(taken.map((name) => [name, name])))).toBe(expected);
});

test('default options reach the target; its project.json says what else is the context', () => {
  const json = '{"targets": {"docker-deploy": {"options": {"context": ".", "dockerfile": "docker/worker"}}}}';
  const projects = infer(
    { ...FLOW, 'flows/p/a/project.json': json, 'docker/worker': 'FROM x', '.dockerignore': '*\n!libs\n' },
    { 'docker-deploy': { region: 'eu-central-1' } },
  );
  expect(projects[0]?.targets?.['docker-deploy']?.options).toEqual({ region: 'eu-central-1' });
  expect(projects[0]?.namedInputs?.['image']).toEqual(
    ['libs', 'libs/**/*', 'docker/worker', 'docker/worker.dockerignore', '.dockerignore'].map(
      (path) => `{workspaceRoot}/${path}`,
    ),
  );
});

test('a flow has an edge to a project that is only its image; registering follows it, building does not', () => {
  const files = {
    ...FLOW,
    'flows/p/b/flow.py': '',
    'flows/p/b/Dockerfile': 'FROM x',
    'images/worker/Dockerfile': 'FROM x',
    'flows/p/b/project.json': '{"targets": {"register": {"options": {"image": {"projectOf": "p-b"}}}}}',
  };
  const projects = infer(files, { register: { image: { projectOf: 'image-worker' } } });
  const [a, b] = projects;
  expect(a?.implicitDependencies).toEqual(['image-worker']);
  expect(a?.targets?.['register']?.inputs).toContainEqual({ input: 'image', projects: ['image-worker'] });
  expect(a?.targets?.['build']?.inputs).toEqual(['built', '^shipped']);
  expect(b?.implicitDependencies).toEqual([]);
});
