import { readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { type ForeignRepository, REPOSITORIES } from './parts/foreign-repositories';
import { Prefect } from './parts/prefect';
import { ProcessWorker } from './parts/process-worker';
import { S3 } from './parts/s3';
import { nxJson, type Workspace } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

const BUCKET = 'team-flows';
const create = temporaryWorkspaces();

let prefect: Prefect;
let s3: S3;
const made = new Map<string, Workspace>();
beforeAll(async () => {
  [prefect, s3] = await Promise.all([Prefect.start(), S3.start()]);
  await prefect.createPool();
  await s3.createBucket(BUCKET);
  for (const [name, { files, options }] of Object.entries(REPOSITORIES)) {
    const workspace = await create({ ...files, 'nx.json': nxJson({}, options) });
    for (const project of ['a', 'b'].filter((each) => `packages/${each}/pyproject.toml` in files))
      symlinkSync(realpathSync(workspace.path('.venv')), workspace.path(`packages/${project}/.venv`));
    made.set(name, workspace);
  }
});
afterAll(async () => {
  s3?.stop();
  await prefect?.stop();
});

const cases = Object.entries(REPOSITORIES);

describe.each(cases)('%s', (name, { projects, edits }) => {
  const workspace = () => made.get(name)!;

  it('has its flows and packages as projects', async () => {
    expect(await graph(workspace())).toEqual(
      Object.fromEntries(
        Object.entries(projects).map(([project, { root, edges = [] }]) => [project, { root, edges: edges.sort() }]),
      ),
    );
  });

  it.each(Object.entries(edits))('an edit of %s affects the flows that reach it', async (file, flows) => {
    expect(await affected(workspace(), file)).toEqual(flows.sort());
  });
});

it.each([
  ['this machine', []],
  ['S3', [`--s3Bucket=${BUCKET}`]],
])(
  'a worker in an empty directory runs the flows from %s to their end',
  async (_, options) => {
    await prefect.reset();
    const env = { PREFECT_API_URL: prefect.apiUrl, ...s3.env };
    const wanted = cases.flatMap(([, { deployments }]: [string, ForeignRepository]) => deployments);
    for (const [name, workspace] of made) {
      const { code, output } = await workspace.nx(['run-many', '-t', 'register', ...options], { env });
      expect([name, code === 0 ? '' : output]).toEqual([name, '']);
    }
    const deployments = await prefect.deployments();
    expect([...deployments.keys()].sort()).toEqual(wanted.sort());
    // What a store changes is the same for all flows of one repository.
    const run = options.length === 0 ? wanted : cases.map(([, { deployments: all }]) => all[0]!);
    // Not before: a server on SQLite has one writer.
    const worker = ProcessWorker.start(prefect, s3.env);
    try {
      const states = await worker.runAll(new Map(run.map((each) => [each, deployments.get(each)!])));
      expect([...states].sort()).toEqual(run.sort().map((each) => [each, 'COMPLETED']));
    } finally {
      worker.stop();
    }
  },
  1_200_000,
);

interface Node {
  root: string;
  edges: string[];
}

async function graph(workspace: Workspace): Promise<Record<string, Node>> {
  const file = workspace.path('.nx/graph.json');
  const { code, output } = await workspace.nx(['graph', `--file=${file}`]);
  if (code !== 0) throw new Error(output);
  const { nodes, dependencies } = (JSON.parse(readFileSync(file, 'utf8')) as { graph: Graph }).graph;
  return Object.fromEntries(
    Object.entries(nodes)
      // The workspace's own project is everywhere the same.
      .filter(([, { data }]) => data.root !== '.')
      .map(([name, { data }]) => [
        name,
        { root: data.root, edges: (dependencies[name] ?? []).map(({ target }) => target).sort() },
      ]),
  );
}

interface Graph {
  nodes: Record<string, { data: { root: string } }>;
  dependencies: Record<string, { target: string }[]>;
}

async function affected(workspace: Workspace, file: string): Promise<string[]> {
  const graphFile = workspace.path('.nx/affected.json');
  const { code, output } = await workspace.nx(['affected', '-t', 'build', `--files=${file}`, `--graph=${graphFile}`]);
  if (code !== 0) throw new Error(output);
  const { tasks } = JSON.parse(readFileSync(graphFile, 'utf8')) as { tasks: { tasks: Record<string, object> } };
  return Object.keys(tasks.tasks)
    .map((task) => task.replace(/:build$/, ''))
    .sort();
}
