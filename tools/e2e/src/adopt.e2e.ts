import { existsSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { contents } from './parts/contents';
import { describeWithEnvironments } from './parts/environments';
import { type Deployment, Prefect } from './parts/prefect';
import { prefectDeploy } from './parts/prefect-deploy';
import { cleanEnvironment, ROOT, run, type Workspace } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const flow = (name: string, more = '') =>
  `from prefect import flow\n${more}\n\n@flow(name="${name}")\ndef main(n: int = 1):\n    return n\n`;
const deployment = (name: string, entrypoint: string) =>
  `- {name: ${name}, entrypoint: "${entrypoint}", work_pool: {name: pool}, schedules: [{cron: "0 3 * * *"}]}\n`;
const yaml = (...deployments: string[]) => `name: team\ndeployments:\n${deployments.join('')}`;

interface Adopted {
  files: Record<string, string>;
  /** Folders with a prefect.yaml. */
  deploys: string[];
  deployments: string[];
}

/** Repositories whose teams have deployed with `prefect deploy` until today. */
const REPOSITORIES: Record<string, Adopted> = {
  'a flat folder of flows': {
    files: {
      'prefect.yaml': yaml(deployment('nightly', 'flows/flat.py:main'), deployment('eu', 'flows/flat.py:main')),
      'flows/flat.py': flow('adopt-flat', 'from flows.shared import X'),
      'flows/__init__.py': '',
      'flows/shared.py': 'X = 1\n',
    },
    deploys: ['.'],
    deployments: ['adopt-flat/nightly', 'adopt-flat/eu'],
  },
  'a package below src': {
    files: {
      'prefect.yaml': yaml(deployment('daily', 'src/my_pkg/flows/daily.py:main')),
      'pyproject.toml': '[project]\nname = "my_pkg"\n',
      'src/my_pkg/__init__.py': '',
      'src/my_pkg/flows/__init__.py': '',
      'src/my_pkg/flows/daily.py': flow('adopt-daily'),
    },
    deploys: ['.'],
    deployments: ['adopt-daily/daily'],
  },
  'a folder for each team': {
    files: {
      'teams/a/prefect.yaml': yaml(deployment('a', 'job.py:main')),
      'teams/a/job.py': flow('adopt-a'),
      'teams/b/prefect.yaml': yaml(deployment('b', 'job.py:main')),
      'teams/b/job.py': flow('adopt-b'),
    },
    deploys: ['teams/a', 'teams/b'],
    deployments: ['adopt-a/a', 'adopt-b/b'],
  },
};

const PREFECT_0_15 = join(ROOT, 'tools', 'e2e', '.venv-prefect0.15');
const create = temporaryWorkspaces();
let prefect: Prefect;
beforeAll(async () => {
  prefect = await Prefect.start();
  await prefect.createPool();
});
afterAll(() => prefect?.stop());

const init = (workspace: Workspace, words: string[], env: Record<string, string>) =>
  run(process.execPath, [workspace.path('node_modules/nx-prefect/dist/cli/nx-prefect.js'), 'init', ...words], {
    cwd: workspace.root,
    env: { ...cleanEnvironment(), NX_DAEMON: 'false', ...env },
  });

/** A repository that has never heard of Nx, but for the installed packages, which the tests link. */
async function repository(files: Record<string, string>): Promise<Workspace> {
  const workspace = await create({ ...files, '.gitignore': 'node_modules\n.venv\n__pycache__\n' });
  for (const file of ['nx.json', 'package.json']) workspace.remove(file);
  await workspace.commit('without Nx');
  return workspace;
}

describe.each(Object.entries(REPOSITORIES))('%s with live deployments', (_, { files, deploys, deployments }) => {
  let workspace: Workspace;
  let before: Map<string, Buffer>;
  let live: Map<string, Deployment>;
  const env = () => ({ PREFECT_API_URL: prefect.apiUrl });
  const deploy = async () => {
    const folders = Object.fromEntries(deploys.map((folder) => [folder, join(workspace.root, folder)]));
    const ended = Object.values(await prefectDeploy(folders, env()));
    expect(ended.filter(({ code }) => code !== 0)).toEqual([]);
  };
  const now = async () => {
    const all = await prefect.deployments();
    return new Map(deployments.map((name) => [name, all.get(name)!]));
  };
  const switches = (all: Map<string, Deployment>) =>
    [...all.values()].map(({ id, paused, schedules }) => [
      id,
      paused,
      (schedules as { active: boolean }[]).map(({ active }) => active),
    ]);

  beforeAll(async () => {
    workspace = await repository(files);
    await deploy();
    const [one, other] = [...(await now()).values()];
    const [schedule] = one!['schedules'] as { id: string }[];
    await prefect.call('PATCH', `/deployments/${one!.id}/schedules/${schedule!.id}`, { active: false });
    if (other) await prefect.call('POST', `/deployments/${other.id}/pause_deployment`);
    await prefect.call('POST', `/deployments/${one!.id}/create_flow_run`, {});
    live = await now();
    workspace.write({ 'notes.txt': 'not committed' });
    workspace.edit('.gitignore', (text) => `${text}*.tmp`);
    before = contents(workspace, '.');
  });

  it('is set up by one command, which ends with a plan that takes everything over', async () => {
    const { code, output } = await init(workspace, [], env());
    expect([code, output]).toEqual([0, expect.stringContaining(`plan: ${deployments.length} to update`)]);
    for (const name of deployments)
      expect(output).toContain(`${name} was on the server without a mark; it is taken over`);
    expect(output).not.toMatch(/Still open|^Warning: (?!prefect.yaml)/m);
    expect((await init(workspace, ['--no-plan'], env())).output).toContain('Nothing to change.');
    expect(switches(await now())).toEqual(switches(live));
  });

  it('is registered in place, deployed by Prefect again, and registered again', async () => {
    const { code, output } = await workspace.nx(['run-many', '-t', 'register'], { env: env() });
    expect([code, output]).toEqual([0, expect.stringContaining(`register: ${deployments.length} updated`)]);
    expect(switches(await now())).toEqual(switches(live));
    const [one] = [...live.values()];
    const runs = { deployments: { id: { any_: [one!.id] } }, flow_runs: { tags: { is_null_: true } } };
    expect(await prefect.call('POST', '/flow_runs/count', runs)).toBe(1);
    await deploy();
    expect([...(await now()).values()].map(({ id }) => id)).toEqual([...live.values()].map(({ id }) => id));
  });

  it('is put back byte for byte, with what nobody committed', async () => {
    const { code, output } = await init(workspace, ['--undo'], {});
    expect([code, output]).toEqual([0, expect.stringContaining('Put back: .gitignore')]);
    workspace.remove('.prefect-code');
    expect(contents(workspace, '.')).toEqual(before);
    expect(existsSync(workspace.path('.nx'))).toBe(false);
  });
});

it('a plain Python repository hears at once of all that is still open', async () => {
  const workspace = await repository({
    'jobs/a.py': flow('a'),
    'jobs/b.py': flow('b'),
    'profiles.toml': 'active = "x"\n[profiles.x]\n',
  });
  for (const path of ['.venv', '.git']) workspace.remove(path);
  workspace.write({ 'package.json': '{"name": "theirs"}', '.venv/pyvenv.cfg': '' });
  workspace.remove('node_modules');
  const { code, output } = await run(
    process.execPath,
    [join(dirname(require.resolve('nx-prefect/package.json')), 'dist/cli/nx-prefect.js'), 'init'],
    { cwd: workspace.root, env: { ...cleanEnvironment(), PREFECT_PROFILES_PATH: workspace.path('profiles.toml') } },
  );
  const [, open = ''] = output.split(/^Still open.*\n/m);
  expect([code, open.match(/^ {2}- .*/gm)?.map((line) => line.slice(4))]).toEqual([
    1,
    [
      expect.stringContaining('not a git repository'),
      expect.stringContaining('npm install'),
      expect.stringContaining('[environment-missing]'),
      expect.stringContaining('[no-server]'),
    ],
  ]);
  expect(JSON.parse(workspace.read('nx.json'))).toMatchObject({
    plugins: [{ plugin: 'nx-prefect', options: { flows: ['jobs/*.py'] } }],
  });
  expect(workspace.read('package.json')).toBe('{"name": "theirs"}');
});

describeWithEnvironments([PREFECT_0_15], 'Prefect 0.15', () => {
  it('the layout of a script for Prefect 0.15 is found as it is', async () => {
    const old =
      'from prefect import Flow\nfrom prefect.storage import S3\n\n' +
      'with Flow("x", storage=S3(bucket="team-flows")) as f:\n    pass\n';
    const workspace = await repository({ 'flows/project_1/flow1/flow.py': old, 'build.py': 'print("registers")\n' });
    workspace.remove('.venv');
    symlinkSync(realpathSync(PREFECT_0_15), workspace.path('.venv'));
    const { code, output } = await init(workspace, ['--no-plan'], { PREFECT__CLOUD__API: prefect.apiUrl });
    expect([code, output]).toEqual([0, expect.stringContaining('Prefect 0.15.13')]);
    expect(output).toMatch(/flow +project_1-flow1/);
    expect(output).toMatch(/server +\S+ \(PREFECT__CLOUD__API\)/);
    expect(output).toMatch(/code +s3:\/\/team-flows \(flows\/project_1\/flow1\/flow\.py\)/);
    expect(output).not.toContain('work pool');
  });
});
