import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { describeWithEngine } from './parts/ecr/describe-with-engine';
import { EcrStack, REGISTRY } from './parts/ecr/stack';
import { flowFiles } from './parts/flows';
import { type Deployment, Prefect } from './parts/prefect';
import { runEach } from './parts/process-worker';
import { SIX, namesOf, shapeFiles } from './parts/shapes';
import { PYTHON, Workspace, nxJson, expectSuccess } from './parts/workspace';

/** Two flows that run in the image of the root's Dockerfile, and a script of the root with a package of its own. */
const FILES = {
  ...flowFiles('project_1/flow1', { name: 'sales' }),
  ...flowFiles('project_1/flow2', { name: 'stock' }),
  Dockerfile: 'FROM scratch\nCOPY image.txt /image.txt\n',
  '.dockerignore': '*\n!image.txt\n',
  'image.txt': 'one\n',
  'scripts/tool.ts': "import { z } from 'zod';\nexport const schema = z.string();\n",
  'nx.json': nxJson(
    { image: { projectOf: 'e2e-team' } },
    { 'docker-deploy': { imageName: 'team/flows', region: 'us-east-1' } },
  ),
};

describeWithEngine('flows that run in the image of a project', () => {
  let stack: EcrStack;
  let prefect: Prefect;
  let workspace: Workspace;

  beforeAll(async () => {
    prefect = await Prefect.start();
    stack = await EcrStack.start();
    await stack.reach(Number(new URL(prefect.apiUrl).port));
    await prefect.createPool();
    workspace = await Workspace.create(FILES);
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
    await stack?.stop();
  });
  beforeEach(() => stack.clear());

  const nx = (...args: string[]) =>
    workspace.nx(args, {
      env: { ...stack.env, PREFECT_API_URL: prefect.apiUrl },
      through: stack.enter(workspace.root),
    });
  const imagesOfDeployments = async () =>
    [...(await prefect.deployments()).values()].map(
      ({ job_variables: variables }) => (variables as { image?: string }).image,
    );
  const calls = async () =>
    (await stack.log()).flatMap(({ label }) => (label.startsWith('ecr ') ? [label.slice(4)] : []));

  it('has edges to it in the graph, which no task waits for', async () => {
    await nx('graph', '--file=graph.json');
    const { graph } = JSON.parse(workspace.read('graph.json')) as {
      graph: { dependencies: Record<string, { target: string }[]> };
    };
    workspace.remove('graph.json');
    for (const flow of ['project_1-flow1', 'project_1-flow2'])
      expect(graph.dependencies[flow]).toContainEqual(expect.objectContaining({ target: 'e2e-team' }));
    await nx('run-many', '-t', 'register', '--graph=tasks.json');
    const { tasks } = JSON.parse(workspace.read('tasks.json')) as { tasks: { tasks: Record<string, unknown> } };
    workspace.remove('tasks.json');
    expect(Object.keys(tasks.tasks).sort()).toEqual(['project_1-flow1:register', 'project_1-flow2:register']);
  });

  it('is refused in a clear line while there is no image', async () => {
    const { code, output } = await nx('run-many', '-t', 'register');
    expect(code).not.toBe(0);
    expect(output).toMatch(
      new RegExp(
        'ECR holds no image team/flows:latest of the project e2e-team\\. ' +
          'Run: npx nx run e2e-team:docker-deploy \\[image-not-deployed\\]',
      ),
    );
    expect((await prefect.deployments()).size).toBe(0);
  });

  it('registers with the digest that ECR holds, asked once for all flows; again is a hit', async () => {
    expect(await nx('run', 'e2e-team:docker-deploy')).toMatchObject({ code: 0 });
    await stack.clear();
    expect(await nx('run-many', '-t', 'register')).toMatchObject({ code: 0 });
    expect(await calls()).toEqual(['BatchGetImage']);
    const image = `${REGISTRY}/team/flows@${await stack.digestOf('team/flows', 'latest')}`;
    expect(await imagesOfDeployments()).toEqual([image, image]);

    const { tasks } = await nx('run-many', '-t', 'register');
    expect([...tasks.values()]).toEqual(Array(2).fill('hit'));
  });

  it('a new image asks for registering, not for building, and registers the flows again', async () => {
    workspace.edit('image.txt', () => 'two\n');
    await workspace.commit('another image');
    const affected = async (target: string) =>
      [...(await nx('affected', '-t', target, '--base=HEAD~1', '--dryRun')).tasks.keys()].filter((task) =>
        task.endsWith(`:${target}`),
      );
    expect(await affected('build')).toEqual([]);
    expect(await affected('docker-deploy')).toEqual(['e2e-team:docker-deploy']);

    expect(await nx('run', 'e2e-team:docker-deploy')).toMatchObject({ code: 0 });
    const { code, tasks, output } = await nx('affected', '-t', 'register', '--base=HEAD~1', '--output-style=static');
    expectSuccess({ code, output });
    expect(Object.fromEntries(tasks)).toEqual({
      'project_1-flow1:register': 'done',
      'project_1-flow2:register': 'done',
    });
    expect(output).toMatch(/updated \(job_variables/);
    const image = `${REGISTRY}/team/flows@${await stack.digestOf('team/flows', 'latest')}`;
    expect(await imagesOfDeployments()).toEqual([image, image]);
  });

  it("a file of the root, and its packages, are none of a flow's business", async () => {
    await nx('run-many', '-t', 'build');
    workspace.write({
      'scripts/tool.ts': "import { parse } from 'yaml';\nexport const tool = parse;\n",
      'notes.md': 'new\n',
    });
    const { tasks } = await nx('run-many', '-t', 'build');
    expect([...tasks.values()]).toEqual(['hit', 'hit']);
  });

  it('an image that the command line names wins, for that run', async () => {
    expect(await nx('run', 'project_1-flow1:register', '--image=registry.example/other:1')).toMatchObject({ code: 0 });
    expect(await imagesOfDeployments()).toContain('registry.example/other:1');
  });
});

describeWithEngine('flows whose code lies in the image of a project', () => {
  let stack: EcrStack;
  let prefect: Prefect;
  let workspace: Workspace;

  beforeAll(async () => {
    prefect = await Prefect.start();
    stack = await EcrStack.start();
    await stack.reach(Number(new URL(prefect.apiUrl).port));
    await prefect.createPool();
    workspace = await Workspace.create({
      ...shapeFiles(SIX),
      Dockerfile: 'FROM base:1\nWORKDIR /app\nCOPY . .\n',
      '.dockerignore': '*\n!flows\n!libs\n',
      'nx.json': nxJson(
        { code: 'image', image: { projectOf: 'e2e-team' } },
        { 'docker-deploy': { imageName: 'team/code', region: 'us-east-1' } },
      ),
    });
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
    await stack?.stop();
  });

  const nx = (...args: string[]) =>
    workspace.nx(args, {
      env: { ...stack.env, PREFECT_API_URL: prefect.apiUrl },
      through: stack.enter(workspace.root),
    });
  const deploy = async () => expectSuccess(await nx('run', 'e2e-team:docker-deploy'));
  const register = async () => expectSuccess(await nx('run-many', '-t', 'register'));
  const imageOf = ({ job_variables: variables }: Deployment) => (variables as { image?: string }).image;
  /** The deployments that another image serves than before. */
  const movedBy = async (action: () => Promise<void>) => {
    const before = await prefect.deployments();
    await action();
    const moved = [...(await prefect.deployments())].filter(
      ([name, { updated }]) => updated !== before.get(name)?.updated,
    );
    return moved.map(([name]) => name).sort();
  };

  it('complete in a real container of it, with a worker of its own', async () => {
    await deploy();
    await register();
    const deployments = await prefect.deployments();
    expect([...deployments.keys()].sort()).toEqual(namesOf(SIX));
    const images = new Set([...deployments.values()].map(imageOf));
    expect([...images]).toEqual([`${REGISTRY}/team/code@${await stack.digestOf('team/code', 'latest')}`]);

    const container = await startWorker(stack, [...images][0]!, prefect.apiUrl);
    const ran = await runEach(prefect, deployments, () => stack.docker('logs', container));
    expect(Object.fromEntries(ran)).toEqual(Object.fromEntries(namesOf(SIX).map((name) => [name, 'COMPLETED'])));
    await stack.docker('rm', '--force', container);
  });

  it('are refused while the image is of other source, and only the flow that changed moves', async () => {
    workspace.edit('flows/shapes/absolute/tasks.py', (text) => `${text}\n# edited\n`);
    const { output, tasks } = await nx('run-many', '-t', 'register');
    expect(output).toMatch(
      /was not built from this source\. Run: npx nx run e2e-team:docker-deploy \[image-outdated\]/,
    );
    const states = [...tasks].filter(([task]) => task.endsWith(':register'));
    expect(states.filter(([, state]) => state !== 'hit')).toEqual([['shapes-absolute:register', 'failed']]);
    await deploy();
    expect(await movedBy(register)).toEqual(['absolute/default']);
    expect(await movedBy(register)).toEqual([]);
  });

  it('all move with what is in the image beside their code', async () => {
    workspace.edit('Dockerfile', (text) => `${text}ENV MODE=new\n`);
    await deploy();
    expect(await movedBy(register)).toEqual(namesOf(SIX));
  });
});

/** A process worker of Prefect in a container, with this machine's Python; the flows are the image's own. */
async function startWorker(stack: EcrStack, image: string, apiUrl: string): Promise<string> {
  const base = execFileSync(PYTHON, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' }).trim();
  const environment = realpathSync(dirname(dirname(PYTHON)));
  const folders = new Set(['/usr', '/lib', '/lib64', base, environment]);
  const variables = { HOME: '/tmp', PATH: '/usr/bin:/bin', PREFECT_API_URL: apiUrl, PREFECT_WORKER_QUERY_SECONDS: '1' };
  const started = await stack.docker(
    'run',
    '--detach',
    '--net=host',
    '--workdir=/tmp',
    ...[...folders].map((folder) => `--volume=${folder}:${folder}:ro`),
    ...Object.entries(variables).map(([name, value]) => `--env=${name}=${value}`),
    image,
    `${environment}/bin/python`,
    '-m',
    'prefect',
    'worker',
    'start',
    '--pool=pool',
    '--type=process',
    '--limit=3',
  );
  return started.trim().split('\n').at(-1) ?? '';
}
