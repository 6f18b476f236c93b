import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flowFiles } from './parts/flows';
import { type Deployment, Prefect } from './parts/prefect';
import { until } from './parts/until';
import { ROOT, Workspace, cleanEnvironment, expectSuccess, nxJson, run } from './parts/workspace';

const CLI = join(ROOT, 'node_modules', 'nx-prefect', 'dist', 'cli', 'nx-prefect.js');

/** Three flows in two projects; two of them import the lib. */
function files(): Record<string, string> {
  return {
    ...flowFiles('project_1/flow1', { name: 'sales', imports: 'from alerts import notify' }),
    ...flowFiles('project_1/flow2', { name: 'stock', imports: 'import alerts.mail' }),
    ...flowFiles('project_2/flow1', { name: 'people' }),
    'libs/alerts/__init__.py': 'def notify(text):\n    return text\n',
    'libs/alerts/mail.py': 'ADDRESS = "team@example.com"\n',
  };
}

/** Says that it waits, and does so until it is told to go on. */
const WAIT = `import { existsSync, writeFileSync } from 'node:fs';
writeFileSync('.nx/waits', '');
while (!existsSync('.nx/goes-on')) await new Promise((done) => setTimeout(done, 50));
`;

describe('the daily commands on a real Prefect 3 server', () => {
  let prefect: Prefect;
  let workspace: Workspace;
  let env: Record<string, string>;

  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    env = { PREFECT_API_URL: prefect.apiUrl };
  });
  afterAll(() => prefect?.stop());

  beforeEach(async () => {
    await prefect.reset();
    workspace = await Workspace.create(files());
  });
  afterEach(() => workspace?.dispose());

  const names = async () => [...(await prefect.deployments()).keys()].sort();
  const cli = (...words: string[]) =>
    run(process.execPath, [CLI, ...words], {
      cwd: workspace.root,
      env: { ...cleanEnvironment(), NX_DAEMON: 'false', ...env },
    });
  const updated = async () =>
    new Map(
      [...(await prefect.deployments())].map(([name, deployment]: [string, Deployment]) => [name, deployment.updated]),
    );

  it('registers everything, then nothing, and the server is left alone', async () => {
    const first = await workspace.nx(['run-many', '-t', 'register'], { env });
    expect(first).toMatchObject({ code: 0 });
    expect(await names()).toEqual(['people/default', 'sales/default', 'stock/default']);
    const before = await updated();

    const second = await workspace.nx(['run-many', '-t', 'register'], { env });
    expect(second).toMatchObject({ code: 0 });
    expect(second.tasks.size).toBe(3);
    expect([...second.tasks.values()]).toEqual(Array(3).fill('hit'));
    expect(second.output).toMatch(/3\/3|3 out of 3/);
    expect(await updated()).toEqual(before);

    await workspace.nx(['reset'], { env });
    const third = await workspace.nx(['run-many', '-t', 'register'], { env });
    expect([...third.tasks].filter(([task]) => task.endsWith(':register')).map(([, state]) => state)).toEqual([
      'hit',
      'hit',
      'hit',
    ]);
    expect(await updated()).toEqual(before);
  });

  it.each([
    [['run', 'project_1-flow1:register'], ['sales/default']],
    [
      ['run-many', '-t', 'register', '--projects=project_1-flow1,project_2-flow1'],
      ['people/default', 'sales/default'],
    ],
    [
      ['run-many', '-t', 'register', '--projects=project_1-*'],
      ['sales/default', 'stock/default'],
    ],
    [
      ['run-many', '-t', 'register', '--projects=tag:project:project_1'],
      ['sales/default', 'stock/default'],
    ],
  ])('nx %s registers exactly those', async (args, expected) => {
    expect(await workspace.nx(args, { env })).toMatchObject({ code: 0 });
    expect(await names()).toEqual(expected);
  });

  it('affected follows a lib to the flows that import it, a sibling to its flow, and a README to none', async () => {
    const affected = async () => {
      await workspace.commit('change');
      const ran = await workspace.nx(['affected', '-t', 'register', '--base=HEAD~1'], { env });
      expectSuccess(ran);
      return [...ran.tasks.keys()].filter((task) => task.endsWith(':register')).sort();
    };
    workspace.edit('libs/alerts/mail.py', (content) => content.replace('team', 'others'));
    expect(await affected()).toEqual(['project_1-flow1:register', 'project_1-flow2:register']);

    workspace.edit('flows/project_2/flow1/utils.py', () => 'VALUE = 7\n');
    expect(await affected()).toEqual(['project_2-flow1:register']);

    workspace.edit('flows/project_2/flow1/README.md', (content) => `${content}\nMore.\n`);
    expect(await affected()).toEqual([]);
  });

  it('says what it would do, and writes nothing', async () => {
    // In GitHub Actions, whose runner gives a pipe, Nx holds back what a batch prints.
    const ci = { ...env, GITHUB_ACTIONS: 'true' };
    const through = ['bash', '-c', 'set -o pipefail; "$0" "$@" | cat'];
    const all = await workspace.nx(['run-many', '-t', 'plan', '--json=out/plan.json'], { env: ci, through });
    expect(all.output).toMatch(/^::group::nx-prefect plan\n(?:.*\n)+ {2}create {5}stock\/default\n/m);
    expect(all.output).toContain(`Server: ${prefect.apiUrl} (from PREFECT_API_URL)`);
    const document = JSON.parse(workspace.read('out/plan.json')) as { counts: object };
    expect(document).toMatchObject({ schemaVersion: 1, verb: 'plan', counts: { create: 3 } });
    expect(await names()).toEqual([]);
    await workspace.nx(['run', 'project_1-flow1:register'], { env });
    workspace.edit('flows/project_1/flow1/tasks.py', (content) => content.replace('VALUE\n\n', 'VALUE  # edited\n\n'));
    const { output } = await workspace.nx(['run', 'project_1-flow1:plan'], { env });
    expect(output).toMatch(/sales\/default: update \((?=.*pull_steps)(?=.*version).*\)/);
    expect(output).toMatch(/^ {2}version: "[0-9a-f]{12}" -> "[0-9a-f]{12}"$/m);
    const failed = await workspace.nx(['run-many', '-t', 'plan', '--failOn=changes'], { env });
    expect([failed.code, failed.tasks.get('project_1-flow1:plan')]).toEqual([1, 'failed']);
    expect((await workspace.nx(['run', 'project_1-flow1:register', '--dryRun'], { env })).output).toMatch(
      /There is no option "dryRun"\. Did you mean the target plan.*\[bad-option\]/,
    );
  });

  it('lets the command line win, for that run', async () => {
    await prefect.createPool('other').catch(() => undefined);
    await workspace.nx(
      ['run', 'project_1-flow1:register', '--workPool=other', '--tags=a,b', '--deploymentName=nightly'],
      { env },
    );
    expect((await prefect.deployments()).get('sales/nightly')).toMatchObject({
      work_pool_name: 'other',
      tags: expect.arrayContaining(['a', 'b']),
    });
  });

  it('names every option in --help', async () => {
    const { output } = await workspace.nx(['run', 'project_1-flow1:register', '--help'], { env });
    for (const option of ['apiUrl', 'workPool', 's3Bucket', 's3Prefix', 'awsProfile', 'labels', 'takeOver'])
      expect(output).toContain(option);
    expect(output).not.toContain('undefined');
    expect(output).not.toMatch(/\] OR \[/);
    expect(output).toMatch(/--takeOver .*\[boolean\]/);
  });

  it('takes an edit by hand back, and keeps what people own', async () => {
    const asked = (target: string, option: string) =>
      workspace.nx(['run', `project_1-flow1:${target}`, option], { env });
    expectSuccess(await asked('plan', '--out=dist/plan.json'));
    expectSuccess(await asked('register', '--plan=dist/plan.json'));
    const moved = await asked('register', '--plan=dist/plan.json');
    expect([moved.code, moved.output]).toEqual([1, expect.stringContaining('[plan-outdated]')]);
    const deployment = (await prefect.deployments()).get('sales/default');
    if (!deployment) throw new Error('sales/default is not there');
    await prefect.call('PATCH', `/deployments/${deployment.id}`, {
      description: 'edited',
      tags: [...(deployment['tags'] as string[]), 'people'],
      paused: true,
    });
    expect((await workspace.nx(['run', 'project_1-flow1:plan', '--failOn=drift'], { env })).code).toBe(1);
    const { tasks, output } = await workspace.nx(['run', 'project_1-flow1:register'], { env });
    expect(tasks.get('project_1-flow1:register')).toBe('done');
    expect(output).toContain('updated (description)');
    const drifted = await workspace.nx(['run', 'project_1-flow1:plan', '--failOn=drift'], { env });
    expect(drifted.code).toBe(0);
    expect((await prefect.deployments()).get('sales/default')).toMatchObject({
      description: 'Loads sales.',
      paused: true,
      tags: expect.arrayContaining(['people']),
    });
  });

  it('shows the whole: what drifted, is paused, not built, gone from source, or not ours', async () => {
    await workspace.nx(['run-many', '-t', 'register'], { env });
    const byName = async () => (await cli('status', '--json')).output;
    const byTarget = async () => {
      expectSuccess(await workspace.nx(['run', 'e2e-team:status', '--json=dist/status.json'], { env }));
      return workspace.read('dist/status.json');
    };
    const status = async (ask: () => Promise<string>) => {
      const { results } = JSON.parse(await ask()) as {
        results: { registration: string; action: string; fields: string[] }[];
      };
      return results.map(({ registration, action, fields }) => [registration, action, ...fields]).sort();
    };
    expect(await status(byName)).toEqual([
      ['people/default', 'in sync'],
      ['sales/default', 'in sync'],
      ['stock/default', 'in sync'],
    ]);
    const held = await prefect.deployments();
    const { flow_id, tags, labels } = held.get('sales/default')!;
    await prefect.call('PATCH', `/deployments/${held.get('sales/default')!.id}`, { description: 'edited' });
    await prefect.call('POST', '/deployments/', { name: 'default-copy', flow_id, tags, labels });
    workspace.edit('flows/project_1/flow2/utils.py', () => 'VALUE = 7\n');
    workspace.remove('flows/project_2');
    workspace.write(flowFiles('project_1/flow3', { name: 'orders' }));
    await workspace.commit('a week later');
    expect(await status(byTarget)).toEqual([
      ['people/default', 'removed from source'],
      ['project_1-flow3', 'never registered'],
      ['sales/default', 'drifted', 'description'],
      ['sales/default-copy', 'foreign'],
      ['stock/default', 'not known'],
    ]);
  });

  it('prune pauses what source lost, a later register takes that back, and only what is ours goes', async () => {
    const refused = await cli('prune');
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('[no-workspace-id]')]);
    workspace.write({ 'nx.json': nxJson({ workspaceId: 'team' }) });
    await workspace.commit('an id');
    await workspace.nx(['run-many', '-t', 'register'], { env });
    const people = (await prefect.deployments()).get('people/default')!;
    const { flow_id, tags, labels } = people;
    await prefect.call('POST', '/deployments/', { name: 'copy', flow_id, tags, labels });
    const source = ['flow.py', 'tasks.py', 'utils.py'].map((name) => `flows/project_2/flow1/${name}`);
    const kept = Object.fromEntries(source.map((file) => [file, workspace.read(file)]));
    const removeIt = async () => {
      workspace.remove('flows/project_2');
      await workspace.commit('without people');
    };
    const held = async () => (await prefect.deployments()).get('people/default');

    await removeIt();
    const asked = await cli('prune');
    expect([asked.code, asked.output]).toEqual([
      1,
      expect.stringMatching(/ to pause {3}people\/default.*[^]*\[not-asked\]/),
    ]);
    expect(await held()).toMatchObject({ paused: false, tags });
    expect((await cli('prune', '--yes')).output).toContain('prune: 1 paused');
    expect(await held()).toMatchObject({ id: people.id, paused: true });
    expect((await cli('prune', '--yes')).output).toContain('to be deleted from');

    workspace.write(kept);
    await workspace.commit('people again');
    await workspace.nx(['run', 'project_2-flow1:register'], { env });
    expect(await held()).toMatchObject({ id: people.id, paused: false, tags });

    await removeIt();
    expect((await cli('prune', '--yes', '--now')).output).toContain('prune: 1 deleted');
    expect(await names()).toEqual(['people/copy', 'sales/default', 'stock/default']);
  });

  it("registers an older source again, whose build an edit overtook and left wrong in Nx's cache", async () => {
    const wait = { executor: 'nx:run-commands', options: { command: 'node wait.mjs' } };
    workspace.write({
      'wait.mjs': WAIT,
      'flows/project_2/flow1/project.json': JSON.stringify({
        name: 'project_2-flow1',
        targets: { wait, build: { dependsOn: ['wait'] }, register: { dependsOn: ['build'] } },
      }),
    });
    const register = () => workspace.nx(['run', 'project_2-flow1:register'], { env });
    const registered = async () => {
      const steps = (await prefect.deployments()).get('people/default')?.['pull_steps'] as {
        'prefect.deployments.steps.set_working_directory': { directory: string };
      }[];
      return readFileSync(
        `${steps[0]?.['prefect.deployments.steps.set_working_directory'].directory}/flows/project_2/flow1/utils.py`,
        'utf8',
      );
    };
    // Nx hashes the source before the wait, and the build reads it after.
    const overtaken = register();
    await until(() => existsSync(workspace.path('.nx/waits')));
    workspace.write({ 'flows/project_2/flow1/utils.py': 'VALUE = 2\n', '.nx/goes-on': '' });
    expect(await overtaken).toMatchObject({ code: 0 });
    expect(await registered()).toBe('VALUE = 2\n');

    workspace.write({ 'flows/project_2/flow1/utils.py': 'VALUE = 1\n' });
    expect(await register()).toMatchObject({ code: 0 });
    expect(await registered()).toBe('VALUE = 1\n');
  });

  it('leaves what another workspace registered, until told', async () => {
    await workspace.nx(['run', 'project_1-flow1:register'], { env });
    workspace.write({ 'nx.json': nxJson({ workspaceId: 'other-team' }) });
    const refused = await workspace.nx(['run', 'project_1-flow1:register'], { env });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain('belongs to the workspace "e2e-team"');
    expect(await workspace.nx(['run', 'project_1-flow1:register', '--takeOver'], { env })).toMatchObject({ code: 0 });
    expect((await prefect.deployments()).get('sales/default')).toMatchObject({ tags: ['nx-prefect:other-team'] });
  });
});
