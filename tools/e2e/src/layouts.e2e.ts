import { realpathSync, symlinkSync } from 'node:fs';
import { startServer } from 'prefect1-server';
import { type AskedGraph, askGraph } from './parts/asked-graph';
import { FIFTY, type ForeignRepository, mixed, OLD, REPOSITORIES } from './parts/foreign-repositories';
import { Prefect } from './parts/prefect';
import { describeWith, prefect1Environment, runFromS3 } from './parts/prefect1';
import { Prefect1Api } from './parts/prefect1-api';
import { ProcessWorker } from './parts/process-worker';
import { S3 } from './parts/s3';
import { VerbRuns } from './parts/verb-runs';
import { expectSuccess, nxJson, type Workspace } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const BUCKET = 'team-flows';
const MIXED = 'all of these in one';
const create = temporaryWorkspaces();
const repositories = Object.entries(REPOSITORIES);
const cases: [string, ForeignRepository][] = [...repositories, [MIXED, mixed(Object.values(REPOSITORIES))]];

let prefect: Prefect;
let s3: S3;
const made = new Map<string, { workspace: Workspace; asked: AskedGraph }>();
beforeAll(async () => {
  [prefect, s3] = await Promise.all([Prefect.start(), S3.start()]);
  await prefect.createPool();
  await s3.createBucket(BUCKET);
  for (const [name, repository] of cases) {
    const workspace = await workspaceOf(repository);
    made.set(name, { workspace, asked: await askGraph(workspace, Object.keys(repository.edits)) });
  }
});
afterAll(async () => {
  s3?.stop();
  await prefect?.stop();
});

async function workspaceOf({ files, options }: Pick<ForeignRepository, 'files' | 'options'>): Promise<Workspace> {
  const workspace = await create({ ...files, 'nx.json': nxJson({}, options) });
  for (const project of ['a', 'b'].filter((each) => `packages/${each}/pyproject.toml` in files))
    symlinkSync(realpathSync(workspace.path('.venv')), workspace.path(`packages/${project}/.venv`));
  return workspace;
}

describe.each(cases)('%s', (name, { projects, edits }) => {
  it('has its flows and packages as projects', () => {
    const { nodes, dependencies } = made.get(name)!.asked.graph;
    // The workspace's own project is everywhere the same.
    const all = Object.entries(nodes).filter(([, { data }]) => data.root !== '.');
    const found = all.map(([project, { data }]) => {
      const edges = (dependencies[project] ?? []).map(({ target }) => target).sort();
      return [project, { root: data.root, edges }];
    });
    const wanted = Object.entries(projects).map(([project, { root, edges = [] }]) => [
      project,
      { root, edges: edges.sort() },
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
  });

  it.each(Object.entries(edits))('an edit of %s affects the flows that reach it', (file, tasks) => {
    const affected = made.get(name)!.asked.affected[file]!.map((task) => task.replace(/:build$/, ''));
    expect(affected.sort()).toEqual(tasks.sort());
  });
});

describe('registered', () => {
  /** Runs by a real worker in an empty directory; it starts when all is registered, for SQLite has one writer. */
  async function expectToRun(names: string[]): Promise<void> {
    const deployments = await prefect.deployments();
    const worker = ProcessWorker.start(prefect, s3.env);
    try {
      const states = await worker.runAll(new Map(names.map((each) => [each, deployments.get(each)!])));
      expect([...states].sort()).toEqual(names.sort().map((each) => [each, 'COMPLETED']));
    } finally {
      worker.stop();
    }
  }

  beforeEach(() => prefect.reset());

  it('each on this machine, all of their flows run to their end', async () => {
    const wanted: string[] = [];
    for (const [name, { deployments }] of repositories) {
      const { workspace, asked } = made.get(name)!;
      const runs = await VerbRuns.start(workspace, asked.graph);
      try {
        const flows = Object.entries(asked.graph.nodes).filter(([, { data }]) => data.targets?.['register']);
        const ids = ['build', 'register'].flatMap((target) => flows.map(([flow]) => `${flow}:${target}`));
        const { outcomes, output } = await runs.run(ids, { PREFECT_API_URL: prefect.apiUrl });
        const failed = [...outcomes].filter(([, outcome]) => outcome !== 'done');
        expect([name, failed.length === 0 ? '' : output]).toEqual([name, '']);
      } finally {
        await runs.stop();
      }
      wanted.push(...deployments);
    }
    expect([...(await prefect.deployments()).keys()].sort()).toEqual(wanted.sort());
    await expectToRun(wanted);
  }, 900_000);

  it('in one repository, from S3, a flow of each runs to its end, and their tests pass', async () => {
    const { workspace } = made.get(MIXED)!;
    const env = { PREFECT_API_URL: prefect.apiUrl, ...s3.env };
    expectSuccess(await workspace.nx(['run-many', '-t', 'register', `--s3Bucket=${BUCKET}`], { env }));
    const wanted = repositories.flatMap(([, { deployments }]) => deployments);
    expect([...(await prefect.deployments()).keys()].sort()).toEqual(wanted.sort());
    await expectToRun(repositories.map(([, { deployments }]) => deployments[0]!));

    const tested = await workspace.nx(['run-many', '-t', 'test']);
    expectSuccess(tested);
    expect([...tested.tasks.keys()].sort()).toEqual(['flat_etl:test', 'src_daily:test']);
  }, 900_000);

  it('of a package of fifty flows those two that reach an edited module', async () => {
    const workspace = await workspaceOf(FIFTY);
    const register = () => workspace.nx(['run-many', '-t', 'register'], { env: { PREFECT_API_URL: prefect.apiUrl } });
    const first = await register();
    expectSuccess(first);
    expect((await prefect.deployments()).size).toBe(50);
    workspace.edit('src/big/rare.py', () => 'X = 2\n');
    const { tasks, output } = await register();
    const written = [...tasks].filter(([task, outcome]) => task.endsWith(':register') && outcome !== 'hit');
    expect(written.sort()).toEqual(['job_0', 'job_25'].map((flow) => [`${flow}:register`, 'done']));
    expect([...tasks.values()].filter((outcome) => outcome === 'hit')).toHaveLength(48);
    // The graph says once what counts for nothing, and each run over all flows does.
    const said = [first.output, output].map((text) => text.match(/the pattern jobs\/\*\.py/g));
    expect(said.map((times) => times?.length)).toEqual([2, 1]);
  }, 600_000);
});

describeWith(['0.15'], 'a repository on Prefect 0.15.13', () => {
  it('is registered, and its flows run to their end from S3', async () => {
    const server = await startServer();
    try {
      const workspace = await workspaceOf(OLD);
      workspace.remove('.venv');
      symlinkSync(realpathSync(prefect1Environment('0.15')), workspace.path('.venv'));
      const env = { ...s3.env, PREFECT__BACKEND: 'server', PREFECT__SERVER__ENDPOINT: server.url };
      expectSuccess(await workspace.nx(['run-many', '-t', 'register', `--s3Bucket=${BUCKET}`], { env }));
      const rows = await new Prefect1Api(server.url).versions('flows');
      const stored = rows.map(({ name, serialized_flow: { storage } }) => ({
        name,
        bucket: BUCKET,
        key: String(storage['key']),
      }));
      expect(await runFromS3('0.15', s3, 'apart', stored)).toEqual({ 'old-etl': '', 'old-load': '' });
    } finally {
      await server.stop();
    }
  }, 300_000);
});
