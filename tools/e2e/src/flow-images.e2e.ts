import { describeWithEngine } from './parts/ecr/describe-with-engine';
import { EcrStack, REGISTRY } from './parts/ecr/stack';
import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { Workspace, nxJson, expectSuccess } from './parts/workspace';

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
