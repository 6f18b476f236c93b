import { GitServer, publish } from './parts/git-server';
import { type Deployment, Prefect } from './parts/prefect';
import { ProcessWorker } from './parts/process-worker';
import { LONG } from './parts/seed';
import { SHAPES, SIX, namesOf, shapeFiles } from './parts/shapes';
import { Workspace, expectSuccess, nxJson } from './parts/workspace';

const NAMES = LONG ? Object.keys(SHAPES) : SIX;
const EXPECTED = namesOf(NAMES);
const CLONE = 'prefect.deployments.steps.git_clone';

describe('flows run by a real process worker in an empty directory', () => {
  let prefect: Prefect;
  let git: GitServer;
  let workspace: Workspace;
  let worker: ProcessWorker;
  beforeAll(async () => {
    [prefect, git] = await Promise.all([Prefect.start(), GitServer.start()]);
    await prefect.createPool();
    workspace = await Workspace.create(shapeFiles(NAMES));
    worker = ProcessWorker.start(prefect, { GIT_CONFIG_NOSYSTEM: '1' });
  });
  afterAll(async () => {
    worker?.stop();
    workspace?.dispose();
    git?.stop();
    await prefect?.stop();
  });

  const register = (...args: string[]) =>
    workspace.nx(['run-many', '-t', 'register', ...args], { env: { PREFECT_API_URL: prefect.apiUrl } });
  const stamps = (deployments: Map<string, Deployment>) =>
    Object.fromEntries([...deployments].map(([name, { updated }]) => [name, updated]));
  const commits = async () => [
    ...new Set(
      [...(await prefect.deployments()).values()].map((each) => {
        const [step] = each['pull_steps'] as Record<string, { commit_sha?: string }>[];
        return step?.[CLONE]?.commit_sha;
      }),
    ),
  ];
  const runAll = async (...names: string[]) => {
    const deployments = [...(await prefect.deployments())].filter(([name]) => names.includes(name));
    expect(Object.fromEntries(await worker.runAll(new Map(deployments)))).toEqual(
      Object.fromEntries(names.map((name) => [name, 'COMPLETED'])),
    );
  };

  it('complete from a clone over HTTP; other commits write nothing', async () => {
    const { http } = await git.create('over-http');
    workspace.write({ 'nx.json': nxJson({ code: 'git' }) });
    const refused = await register();
    expect(refused.output).toMatch(/this repository has no remote that workers could clone.*\[git-no-remote\]/);
    await publish(workspace, http);
    expectSuccess(await register());
    const head = (await workspace.git('rev-parse', 'HEAD')).trim();
    expect(await commits()).toEqual([head]);
    await runAll(...EXPECTED);

    const before = stamps(await prefect.deployments());
    workspace.write({ 'notes.md': 'new\n' });
    await workspace.commit('another file');
    const { tasks } = await register();
    expect([...tasks.values()].every((state) => state === 'hit')).toBe(true);
    expect(stamps(await prefect.deployments())).toEqual(before);
  });

  it('move with the place, once for each, and back; a clone of a file is a clone', async () => {
    const { file } = await git.create('as-file');
    await publish(workspace, file);
    const states = [stamps(await prefect.deployments())];
    for (const code of ['local', 'local', 'git']) {
      expectSuccess(await register(`--code=${code}`));
      states.push(stamps(await prefect.deployments()));
    }
    const [before, local, again, back] = states;
    expect(again).toEqual(local);
    expect(EXPECTED.filter((name) => local?.[name] === before?.[name] || back?.[name] === local?.[name])).toEqual([]);
    await runAll('lib_resource/default');
  });

  it('complete by the pull steps that their prefect.yaml declares', async () => {
    const head = (await workspace.git('rev-parse', 'HEAD')).trim();
    const pull = [
      { [CLONE]: { id: 'clone', repository: '{{ $REPOSITORY }}', commit_sha: head } },
      { 'prefect.deployments.steps.run_shell_script': { id: 'said', script: 'echo {{ clone.directory }}' } },
    ];
    const { file } = await git.create('pulled');
    await publish(workspace, file);
    workspace.edit('prefect.yaml', (text) => `pull: ${JSON.stringify(pull)}\n${text}`);
    const env = { PREFECT_API_URL: prefect.apiUrl };
    const warned = await workspace.nx(['run', 'shapes-yaml_root:plan'], { env });
    expect(warned.output).toMatch(/its "pull" steps are not used.*code=pull/);
    const task = ['run', 'shapes-yaml_root:register', '--code=pull'];
    expectSuccess(await workspace.nx(task, { env }));
    const deployments = await prefect.deployments();
    expect(deployments.get('yaml_root/root')?.['pull_steps']).toEqual(pull);
    expectSuccess(await workspace.nx(task, { env }));
    expect(stamps(await prefect.deployments())).toEqual(stamps(deployments));
    const refused = await workspace.nx(['run', 'shapes-absolute:register', '--code=pull'], { env });
    expect(refused.output).toMatch(/no prefect\.yaml declares pull steps.*\[no-pull-steps\]/);

    worker.stop();
    worker = ProcessWorker.start(prefect, { REPOSITORY: file });
    await runAll('yaml_root/root');
  });
});
