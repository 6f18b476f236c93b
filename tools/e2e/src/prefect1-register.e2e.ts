import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { Prefect } from './parts/prefect';
import { type Prefect1Version, describeWith, prefect1Environment, pythonOf } from './parts/prefect1';
import { type FlowRow, Prefect1Api } from './parts/prefect1-api';
import { flowFiles } from './parts/flows';
import { DEPLOYS_IMAGES, OF_PREFECT_1, commandsOf } from './parts/guide';
import { SHAPES1, flow1Files, shape1Files } from './parts/prefect1-flows';
import { S3 } from './parts/s3';
import { Workspace, cleanEnvironment, nxJson, run } from './parts/workspace';

const BUCKET = 'team-flows';
const REGISTER = { s3Bucket: BUCKET, labels: ['prod', 'ecs'] };

/** A workspace whose project_1 has an older Prefect: 0.15.13 on CPython 3.7, unless told. */
async function workspaceOf(
  files: Record<string, string>,
  register: Record<string, unknown> = REGISTER,
  version: Prefect1Version = '0.15',
): Promise<Workspace> {
  const workspace = await Workspace.create({ 'nx.json': nxJson(register), ...files });
  useOldPrefect(workspace, 'flows/project_1', version);
  return workspace;
}

function useOldPrefect(workspace: Workspace, folder = 'flows/project_1', version: Prefect1Version = '0.15'): void {
  symlinkSync(realpathSync(prefect1Environment(version)), workspace.path(`${folder}/.venv`));
}

/**
 * Runs a Python of an older Prefect in an empty folder: nothing of the workspace is on any path. @returns the last line
 * that it prints
 */
async function python(
  script: string,
  args: string[],
  env: Record<string, string>,
  version: Prefect1Version = '0.15',
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-empty-'));
  try {
    const { code, output } = await run(
      pythonOf(prefect1Environment(version)),
      [join(__dirname, 'parts', script), ...args],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          TMPDIR: folder,
          PYTHONDONTWRITEBYTECODE: '1',
          PYTHONWARNINGS: 'ignore',
          PREFECT__LOGGING__LEVEL: 'CRITICAL',
          ...env,
        },
      },
    );
    if (code !== 0) throw new Error(output);
    return output.trimEnd().split('\n').at(-1) ?? '';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Comparable = Record<string, unknown> & { serialized_flow: Record<string, unknown> };

function withoutEdges({ serialized_flow: { edges: _edges, ...flow }, ...row }: Comparable): object {
  return { ...row, serialized_flow: flow };
}

function mapped<T>(values: Record<string, Comparable>, change: (value: Comparable) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

/** Loads flows from their storages and runs them. */
async function runRegistered(
  storages: Record<string, unknown>,
  env: Record<string, string>,
  version: Prefect1Version = '0.15',
): Promise<Record<string, { ok: boolean; message: string; values: string[] }>> {
  return JSON.parse(await python('run_registered.py', [JSON.stringify(storages)], env, version)) as never;
}

let s3: S3;
beforeAll(async () => {
  s3 = await S3.start();
  for (const bucket of [BUCKET, 'own-bucket']) await s3.createBucket(bucket);
});
afterAll(() => s3?.stop());

describeWith(['0.15'], 'flows of Prefect 0.15.13, registered', () => {
  let server: DevelopmentServer;
  let api: Prefect1Api;
  let workspace: Workspace;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startServer();
    api = new Prefect1Api(server.url);
    env = { ...s3.env, PREFECT__BACKEND: 'server', PREFECT__SERVER__ENDPOINT: server.url };
    workspace = await workspaceOf(shape1Files('project_1'));
  });
  afterAll(async () => {
    workspace?.dispose();
    await server?.stop();
  });

  const register = (...args: string[]) => workspace.nx(['run-many', '-t', 'register', ...args], { env });
  const versions = async () =>
    new Map(
      (await api.versions('project_1')).filter(({ archived }) => !archived).map(({ name, version }) => [name, version]),
    );

  it('stores, field by field, what the library stores for a script with the same storage and run config', async () => {
    const ran = await register('--output-style=static');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.output).toContain('project_1/cron: created');
    for (const name of ['by-flow', 'by-command'])
      await api.mutate('create_project', { name, tenant_id: server.tenantId }, 'id');
    await python(
      'seed_register.py',
      ['by-flow', 'by-command', BUCKET, REGISTER.labels.join(','), workspace.path('flows/project_1')],
      env,
    );

    const ours = await currentByName('project_1');
    expect(Object.keys(ours)).toEqual(Object.keys(SHAPES1).sort());
    expect(ours).toEqual(await currentByName('by-command'));
    // `flow.register` sends the edges by themselves, and the server keeps those in their table only.
    expect(mapped(ours, withoutEdges)).toEqual(mapped(await currentByName('by-flow'), withoutEdges));
    for (const name of Object.keys(SHAPES1)) {
      const { storage, run_config } = (await api.current('project_1', name)).serialized_flow;
      if (name === 'storage')
        expect(storage).toMatchObject({ type: 'GitHub', flows: { storage: 'flows/project_1/storage/flow.py' } });
      else
        expect(storage).toMatchObject({
          type: 'S3',
          bucket: name === 'results' ? 'own-bucket' : BUCKET,
          stored_as_script: true,
        });
      expect(run_config['labels']).toEqual(expect.arrayContaining(REGISTER.labels));
    }
  });

  /**
   * All columns of what is registered, but what may differ: ids, key and script flag of an S3 storage, the idempotency
   * key.
   */
  async function currentByName(project: string): Promise<Record<string, Comparable>> {
    const rows = (await api.versions(project)).filter(({ archived }) => !archived);
    return Object.fromEntries(
      rows.map((row) => [row.name, comparable(row)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  function comparable({
    id: _id,
    project: _project,
    version: _version,
    flow_group: _group,
    ...row
  }: FlowRow): Comparable {
    const stripped = (storage: Record<string, unknown>) =>
      storage['type'] === 'S3' ? { ...storage, key: 'key', flows: 'key', stored_as_script: 'either' } : storage;
    const edges = (row['edges'] as object[]).map((edge) => JSON.stringify(edge)).sort();
    return {
      ...row,
      edges,
      storage: stripped(row['storage'] as Record<string, unknown>),
      serialized_flow: { ...row.serialized_flow, storage: stripped(row.serialized_flow.storage) },
    };
  }

  it('each is loaded from where it is stored by the library itself, in an empty folder, and runs', async () => {
    const storages = Object.fromEntries(
      (await api.versions('project_1'))
        .filter(({ name }) => name !== 'storage')
        .map(({ name, serialized_flow }) => [name, serialized_flow.storage]),
    );
    const outcomes = await runRegistered(storages, env);
    expect(Object.entries(outcomes).filter(([, { ok }]) => !ok)).toEqual([]);
    expect(Object.keys(outcomes)).toHaveLength(Object.keys(SHAPES1).length - 1);
    // Each tasks.py is another one, though all are called so.
    expect([outcomes['cron']?.values, outcomes['interval']?.values, outcomes['mapped']?.values]).toEqual([
      ['1'],
      ['2'],
      expect.arrayContaining(['(60, 3)']),
    ]);
  });

  it('a second run asks once and writes nothing; another checkout neither', async () => {
    const before = await versions();
    server.resetCounts();
    const again = await register();
    expect([...again.tasks].filter(([task]) => task.endsWith(':register')).map(([, state]) => state)).toEqual(
      Array(12).fill('hit'),
    );
    expect(server.counts()).toMatchObject({ requests: 1, mutations: 0 });

    const clone = await workspace.clone();
    try {
      useOldPrefect(clone);
      const elsewhere = await clone.nx(['run-many', '-t', 'register'], { env });
      expect([...elsewhere.tasks].filter(([task]) => task.endsWith(':register')).map(([, state]) => state)).toEqual(
        Array(12).fill('hit'),
      );
    } finally {
      clone.dispose();
    }
    expect(server.counts()).toMatchObject({ requests: 2, mutations: 0 });
    expect(await versions()).toEqual(before);
  });

  it('an edit of tasks.py makes a version of its flow alone, which plan names first; a README makes none', async () => {
    const before = await versions();
    workspace.edit('flows/project_1/cron/tasks.py', (content) => content.replace('return 1', 'return 11'));
    workspace.write({ 'flows/project_1/interval/README.md': '# interval\n' });
    const plan = await workspace.nx(
      ['run-many', '-t', 'plan', '--projects=project_1-cron,project_1-interval', '--output-style=static'],
      { env },
    );
    expect(plan.output).toMatch(/project_1\/cron: update \(storage\.key, storage\.flows, code\)/);
    expect(plan.output).toContain('project_1/interval: unchanged');
    expect(await versions()).toEqual(before);

    expect(await register('--projects=project_1-cron,project_1-interval')).toMatchObject({ code: 0 });
    expect(await versions()).toEqual(new Map([...before, ['cron', (before.get('cron') ?? 0) + 1]]));
    const { storage } = (await api.current('project_1', 'cron')).serialized_flow;
    const outcomes = await runRegistered({ cron: storage }, env);
    expect(outcomes['cron']?.values).toEqual(['11']);
  });

  it('code that is gone from the bucket is put there again, without a new version', async () => {
    const before = await versions();
    const { storage } = (await api.current('project_1', 'tags')).serialized_flow;
    await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: String(storage['key']) }));
    const ran = await register('--projects=project_1-tags', '--output-style=static');
    expect(ran.output).toContain('project_1/tags: updated (code)');
    expect(await s3.keys(BUCKET)).toContain(storage['key']);
    expect(await versions()).toEqual(before);
  });

  it('a storage that builds itself is built when a version is due; a failure is told in one line', async () => {
    const settings = (bucket: string) => `flow.storage = S3(bucket="${bucket}", key="mine/own")`;
    const own = (bucket: string) =>
      flow1Files('project_1/own', {
        name: 'own',
        imports: 'from prefect.storage import S3',
        settings: settings(bucket),
      });
    const other = await workspaceOf(own('own-bucket'));
    try {
      const registerOwn = (...args: string[]) => other.nx(['run', 'project_1-own:register', ...args], { env });
      expect(await registerOwn()).toMatchObject({ code: 0 });
      const { storage } = (await api.current('project_1', 'own')).serialized_flow;
      expect(storage).toMatchObject({ type: 'S3', bucket: 'own-bucket', key: 'mine/own', flows: { own: 'mine/own' } });
      expect((await runRegistered({ own: storage }, env))['own']).toMatchObject({ ok: true, values: ['1'] });
      expect((await registerOwn()).tasks.get('project_1-own:register')).toBe('hit');

      other.edit('flows/project_1/own/utils.py', () => 'VALUE = 5\n');
      expect(await registerOwn()).toMatchObject({ code: 0 });
      expect((await api.current('project_1', 'own')).version).toBe(2);
      expect((await runRegistered({ own: storage }, env))['own']?.values).toEqual(['5']);

      other.write(own('no-such-bucket'));
      const failed = await registerOwn();
      expect(failed.code).not.toBe(0);
      expect(failed.output).toMatch(/NoSuchBucket.*\[storage-build-failed\]\n.*no-such-bucket/);
      expect(failed.output).not.toContain('Traceback');
      expect((await api.current('project_1', 'own')).version).toBe(2);
    } finally {
      other.dispose();
    }
  });

  it('options of the command line count: project, labels, image, env', async () => {
    const ran = await workspace.nx(
      [
        'run',
        'project_1-run_config:register',
        '--prefectProject=staging',
        '--labels=typed',
        '--image=team:2',
        '--env.LEVEL=info',
        '--env.MORE=1',
      ],
      { env },
    );
    expect(ran.output).toContain('staging/run_config: created');
    expect((await api.current('staging', 'run_config')).serialized_flow.run_config).toMatchObject({
      type: 'ECSRun',
      labels: ['own', 'prod', 'typed'],
      image: 'team:2',
      env: { LEVEL: 'info', MORE: '1' },
      cpu: '1024',
    });
  });
});

describeWith(['1.4'], 'flows of Prefect 1.4.1, registered', () => {
  it('are loaded from S3 and run by the library; a second run writes nothing, an edit one version', async () => {
    const server = await startServer();
    const workspace = await workspaceOf(shape1Files('project_1'), REGISTER, '1.4');
    try {
      const env = { ...s3.env, PREFECT__BACKEND: 'server', PREFECT__SERVER__ENDPOINT: server.url };
      const api = new Prefect1Api(server.url);
      const register = () => workspace.nx(['run-many', '-t', 'register'], { env });
      const current = async () => (await api.versions('project_1')).filter(({ archived }) => !archived);
      expect(await register()).toMatchObject({ code: 0 });
      const rows = await current();
      expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(SHAPES1).sort());
      expect(new Set(rows.map(({ serialized_flow }) => serialized_flow['__version__']))).toEqual(new Set(['1.4.1']));
      const storages = Object.fromEntries(
        rows
          .filter(({ name }) => name !== 'storage')
          .map(({ name, serialized_flow }) => [name, serialized_flow.storage]),
      );
      expect(Object.entries(await runRegistered(storages, env, '1.4')).filter(([, { ok }]) => !ok)).toEqual([]);

      const again = await register();
      expect([...again.tasks].filter(([task, state]) => task.endsWith(':register') && state !== 'hit')).toEqual([]);
      workspace.edit('flows/project_1/cron/tasks.py', (content) => content.replace('return 1', 'return 11'));
      expect(await register()).toMatchObject({ code: 0 });
      expect((await current()).filter(({ version }) => version === 2).map(({ name }) => name)).toEqual(['cron']);
    } finally {
      workspace.dispose();
      await server.stop();
    }
  });
});

describeWith(['0.15'], 'a workspace that holds both', () => {
  it('registers flows of 0.15.13 and of 3 in one run, each on its own server', async () => {
    const [old, prefect] = [await startServer(), await Prefect.start()];
    const workspace = await workspaceOf(
      { ...flow1Files('project_1/flow1', { name: 'sales' }), ...flowFiles('project_2/flow1', { name: 'people' }) },
      { workPool: 'pool' },
    );
    try {
      await prefect.createPool();
      const env = { PREFECT_API_URL: prefect.apiUrl, PREFECT__CLOUD__API: old.url };
      const ran = await workspace.nx(['run-many', '-t', 'register'], { env });
      expect(ran).toMatchObject({ code: 0 });
      expect([...(await prefect.deployments()).keys()]).toEqual(['people/default']);
      const { storage, run_config } = (await new Prefect1Api(old.url).current('project_1', 'sales')).serialized_flow;
      // Without a bucket the code stays on this machine, for its agent.
      expect(storage).toMatchObject({
        type: 'Local',
        path: expect.stringContaining(join(workspace.root, '.prefect-code')),
      });
      expect(run_config).toEqual({ type: 'UniversalRun', __version__: '0.15.13', env: null, labels: [hostname()] });
      const outcomes = await runRegistered({ sales: storage }, {});
      expect(outcomes['sales']).toMatchObject({ ok: true, values: ['1'] });

      const again = await workspace.nx(['run-many', '-t', 'register'], { env });
      expect([...again.tasks.values()]).toEqual(Array(2).fill('hit'));

      // A second environment stands beside the first, under other names.
      const staging = await workspace.nx(['run-many', '-t', 'register', '--environment=staging'], { env });
      expect(staging).toMatchObject({ code: 0 });
      expect([...(await prefect.deployments()).keys()].sort()).toEqual(['people/default', 'people/default-staging']);
      const flows = await new Prefect1Api(old.url).versions('project_1');
      expect(flows.map(({ name, version }) => [name, version]).sort()).toEqual([
        ['sales', 1],
        ['sales-staging', 1],
      ]);
      const other = flows.find(({ name }) => name === 'sales-staging')!.serialized_flow.storage;
      expect(await runRegistered({ 'sales-staging': other }, {})).toMatchObject({
        'sales-staging': { ok: true, values: ['1'] },
      });

      // start.e2e.ts runs what other pages have too.
      const commands = commandsOf(OF_PREFECT_1).filter(
        (command) => !DEPLOYS_IMAGES.test(command) && !commandsOf('README.md').includes(command),
      );
      expect(commands).toContain('npx nx run-many -t register --labels=prod,ecs --s3Bucket=team-flows');
      for (const command of commands) {
        const typed = { ...cleanEnvironment(), NX_DAEMON: 'false', ...s3.env, ...env };
        const { code, output } = await run('sh', ['-c', command], { cwd: workspace.root, env: typed });
        if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
      }
    } finally {
      workspace.dispose();
      await Promise.all([old.stop(), prefect.stop()]);
    }
  });
});

describeWith(['0.15'], 'what goes wrong with flows of Prefect 0.15', () => {
  it('is said in one line each', async () => {
    const server = await startServer();
    const workspace = await workspaceOf({
      ...flow1Files('project_1/flow1', { name: 'same' }),
      ...flow1Files('project_1/flow2', { name: 'same' }),
      ...flow1Files('project_1/flow3', { name: 'other' }),
    });
    try {
      const env = { ...s3.env, PREFECT__CLOUD__API: server.url };
      const twice = await workspace.nx(['run-many', '-t', 'register'], { env });
      expect(twice.code).not.toBe(0);
      const line = twice.output.split('\n').find((text) => text.includes('[identity-clash]'));
      expect(line).toMatch(
        'The flow project_1/same is declared by ' +
          'flows/project_1/flow1/flow.py and by flows/project_1/flow2/flow.py',
      );
      expect(twice.tasks.get('project_1-flow3:register')).toBe('done');

      const errors = async (args: string[], more: Record<string, string>) => {
        const { code, output } = await workspace.nx(['run', 'project_1-flow3:register', ...args], {
          env: { ...s3.env, ...more },
        });
        expect(code).not.toBe(0);
        expect(output).not.toMatch(/^\s+at /m);
        return output;
      };
      expect(await errors(['--prefectProject=elsewhere', '--createProject=false'], env)).toMatch(
        /no project "elsewhere".*\[project-not-found\]/,
      );
      expect(await errors([], {})).toMatch(
        /Nothing says which Prefect server to use for flows of Prefect 0\.15.*\[no-server\]/,
      );
      expect(await errors([], { PREFECT__CLOUD__API: 'http://127.0.0.1:9' })).toMatch(
        /can't be reached.*\[server-unreachable\]/,
      );
    } finally {
      workspace.dispose();
      await server.stop();
    }
  });
});
