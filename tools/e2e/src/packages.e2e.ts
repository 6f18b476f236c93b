import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { flowFiles } from './parts/flows';
import { ROOT, Workspace } from './parts/workspace';

type Packages = Record<string, { version: string; needs?: string[] }>;

const PACKAGES: Packages = {
  prefect: { version: '3.8.8' },
  pyyaml: { version: '6.0.3' },
  'python-dateutil': { version: '2.9.0', needs: ['six'] },
  six: { version: '1.16.0' },
};
const bumped = (version: string): Packages => ({ ...PACKAGES, six: { version } });

const hash = (name: string, version: string) =>
  `sha256:${Buffer.from(`${name}${version}`.padEnd(32, '0')).toString('hex').slice(0, 64)}`;

function uvLock(packages: Packages): string {
  const entries = Object.entries(packages).map(
    ([name, { version, needs = [] }]) => `[[package]]
name = "${name}"
version = "${version}"
source = { registry = "https://pypi.org/simple" }
dependencies = [${needs.map((needed) => `{ name = "${needed}" }`).join(', ')}]
wheels = [{ url = "https://files.example.com/${name}.whl", hash = "${hash(name, version)}", size = 1 }]
`,
  );
  return ['version = 1\nrequires-python = ">=3.10"\n', ...entries].join('\n');
}

/** @param via with the comments that say which package needs which, as `uv pip compile` writes them */
function requirements(packages: Packages, via: boolean): string {
  const neededBy = (name: string) =>
    Object.entries(packages)
      .filter(([, { needs = [] }]) => needs.includes(name))
      .map(([other]) => other);
  return Object.entries(packages)
    .map(([name, { version }]) => {
      const by =
        neededBy(name)
          .map((other) => `    #   ${other}\n`)
          .join('') || '    #   -r requirements.in\n';
      return `${name}==${version} \\\n    --hash=${hash(name, version)}\n${via ? `    # via\n${by}` : ''}`;
    })
    .join('');
}

/** Six flows in two projects, and a lib that imports six and doesn't say for whom. */
const FLOWS: Record<string, string> = {
  ...flowFiles('project_1/direct', { name: 'direct', imports: 'import six' }),
  ...flowFiles('project_1/dateutil', { name: 'dateutil', imports: 'from dateutil import parser' }),
  ...flowFiles('project_1/lib', { name: 'lib', imports: 'import clock' }),
  ...flowFiles('project_1/yaml', { name: 'yaml', imports: 'import json, yaml' }),
  ...flowFiles('project_2/direct', { name: 'direct2', imports: 'import six' }),
  ...flowFiles('project_2/lib', { name: 'lib2', imports: 'import clock' }),
  ...flowFiles('project_2/plain', { name: 'plain' }),
  'libs/clock/__init__.py': 'from clock.zone import ZONE\n',
  'libs/clock/zone.py': 'import six\n\nZONE = six.ensure_str("UTC")\n',
};
const REACHING_SIX = ['project_1-dateutil', 'project_1-direct', 'project_1-lib'];
const OF_PROJECT_1 = [...REACHING_SIX, 'project_1-yaml'];
const OF_PROJECT_2 = ['project_2-direct', 'project_2-lib', 'project_2-plain'];

let workspace: Workspace;
afterEach(() => workspace?.dispose());

async function create(locks: Record<string, string> = {}): Promise<void> {
  workspace = await Workspace.create({ ...FLOWS, ...locks });
  // A uv.lock or poetry.lock is refused without an environment beside it.
  symlinkSync(join(ROOT, '.venv'), workspace.path('flows/project_2/.venv'));
}

/** Builds everything; the flows that were no hits. */
async function built(daemon = false): Promise<string[]> {
  const { code, tasks, output } = await workspace.nx(['run-many', '-t', 'build'], { daemon });
  if (code !== 0) throw new Error(output);
  expect(tasks.size).toBe(7);
  return flowsOf([...tasks].filter(([, state]) => state !== 'hit').map(([task]) => task));
}

/** The flows that `nx affected` asks for because of the last commit. */
async function affected(target: string): Promise<string[]> {
  const { code, output } = await workspace.nx([
    'affected',
    '-t',
    target,
    '--base=HEAD~1',
    '--graph=dist/affected.json',
  ]);
  if (code !== 0) throw new Error(output);
  const { tasks } = JSON.parse(workspace.read('dist/affected.json')) as { tasks: { tasks: Record<string, unknown> } };
  return flowsOf(Object.keys(tasks.tasks).filter((task) => task.endsWith(`:${target}`)));
}

function flowsOf(tasks: string[]): string[] {
  return tasks.map((task) => task.split(':')[0] ?? '').sort();
}

/** Edges to packages, as Nx has them now and as a fresh clone has them. */
async function edges(): Promise<string[]> {
  const read = async () => {
    const { code, output } = await workspace.nx(['show', 'projects']);
    if (code !== 0) throw new Error(output);
    const { dependencies } = JSON.parse(
      readFileSync(workspace.path('.nx/workspace-data/project-graph.json'), 'utf8'),
    ) as {
      dependencies: Record<string, { source: string; target: string }[]>;
    };
    return Object.values(dependencies)
      .flat()
      .filter(({ target }) => target.startsWith('pypi:'))
      .map(({ source, target }) => `${source} -> ${target}`)
      .sort();
  };
  const now = await read();
  await workspace.nx(['reset', '--only-workspace-data']);
  expect(now).toEqual(await read());
  return now;
}

describe.each([
  ['uv.lock', uvLock],
  ['requirements.txt', (packages: Packages) => requirements(packages, true)],
])('a bump in %s', (lock, print) => {
  it('builds again the flows of this lock that import the package: directly, by a lib or another package', async () => {
    await create({ [lock]: print(PACKAGES), [`flows/project_2/${lock}`]: print(PACKAGES) });
    expect(await built()).toEqual([...OF_PROJECT_1, ...OF_PROJECT_2]);

    workspace.write({ [lock]: print(bumped('1.17.0')) });
    expect(await built()).toEqual(REACHING_SIX);
    await workspace.commit('bump');
    // `nx affected` compares files, and of packages it knows npm's only: it asks for every flow of the lock, most of
    // them hits, and for no build alone. Where this fails, Nx has learned it, and `locked` is no longer needed.
    expect(await affected('register')).toEqual(OF_PROJECT_1);
    expect(await affected('build')).toEqual([]);

    workspace.write({ [`flows/project_2/${lock}`]: print(bumped('1.17.0')) });
    expect(await built()).toEqual(['project_2-direct', 'project_2-lib']);
    await workspace.commit('bump');
    expect(await affected('register')).toEqual(OF_PROJECT_2);

    expect(await built()).toEqual([]);
  });
});

it('a lock that does not say which package needs which: a bump builds all of its flows again', async () => {
  const print = (packages: Packages) => requirements(packages, false);
  await create({ 'requirements.txt': print(PACKAGES), 'flows/project_2/uv.lock': uvLock(PACKAGES) });
  await built();
  workspace.write({ 'requirements.txt': print(bumped('1.17.0')) });
  expect(await built()).toEqual(OF_PROJECT_1);
});

it('locks, libs and siblings that come, change and go leave the edges that a fresh clone has', async () => {
  await create();
  expect(await edges()).toEqual([]);

  workspace.write({ 'uv.lock': uvLock(PACKAGES) });
  const first = await edges();
  expect(first).toContain('project_2-direct -> pypi:six');
  expect(first).toContain('pypi:python-dateutil -> pypi:six');
  expect(first).toContain('project_1-lib -> pypi:(libs/clock)');
  expect(first).toContain('pypi:(libs/clock) -> pypi:six');

  workspace.write({ 'libs/clock/zone.py': 'import yaml\n', 'flows/project_2/direct/six.py': '' });
  const edited = await edges();
  expect(edited).toContain('pypi:(libs/clock) -> pypi:pyyaml');
  expect(edited).not.toContain('pypi:(libs/clock) -> pypi:six');
  expect(edited).not.toContain('project_2-direct -> pypi:six');
  workspace.remove('flows/project_2/direct/six.py');

  workspace.write({ 'flows/project_2/uv.lock': uvLock(PACKAGES) });
  const second = await edges();
  expect(second).toContain('project_1-direct -> pypi:six');
  expect(second).toContain('project_2-direct -> pypi:six@flows/project_2');
  expect(second).not.toContain('project_2-direct -> pypi:six');

  workspace.remove('uv.lock');
  expect((await edges()).filter((edge) => edge.startsWith('project_1'))).toEqual([]);
});

it('a daemon sees a bump', async () => {
  await create({ 'uv.lock': uvLock(PACKAGES) });
  try {
    await built(true);
    expect(await built(true)).toEqual([]);
    workspace.write({ 'uv.lock': uvLock(bumped('1.17.0')) });
    expect(await built(true)).toEqual([...REACHING_SIX, 'project_2-direct', 'project_2-lib']);
  } finally {
    await workspace.nx(['daemon', '--stop'], { daemon: true });
  }
});
