import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { describeWith } from './parts/prefect1';
import { Prefect1Shell } from './parts/prefect1-shell';
import { ROOT } from './parts/workspace';

const flow = ({ name = 'hello', value = 1, schedule = 'None' } = {}) => `
from prefect import Flow, Parameter, task
from prefect.run_configs import UniversalRun
from prefect.schedules import CronSchedule
from prefect.storage import Local


@task(tags=["greeting"])
def greet(times):
    return "hello " * times


with Flow("${name}", schedule=${schedule}) as flow:
    greet(Parameter("times", default=${value}))
flow.storage = Local(path="/flows/${name}.py", stored_as_script=True, add_default_labels=False)
flow.run_config = UniversalRun(labels=["day"])
`;

describeWith(['0.15'], 'the real prefect 0.15.13 against the development server', () => {
  let folder: string;
  let server: DevelopmentServer;
  let shell: Prefect1Shell;
  const prefect = async (...args: string[]) => (await shell.prefect(...args)).output;
  const register = (...args: string[]) => prefect('register', '--project', 'P', '--path', 'flow.py', ...args);
  /** Rows of the table that a `prefect get` prints, as cells. */
  const table = (output: string) =>
    output
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prefect1-server-'));
    server = await startServer({ data: join(folder, 'data.jsonl') });
    shell = new Prefect1Shell(server.url);
    shell.write({ 'flow.py': flow() });
  });
  afterAll(async () => {
    shell?.dispose();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('create project: once, however often it is asked', async () => {
    expect(await prefect('create', 'project', 'P', '--description', 'of the team')).toBe('P created\n');
    expect(await prefect('create', 'project', 'P')).toBe('P created\n');
    expect(await prefect('create', 'project', 'P', '--skip-if-exists')).toBe('P already exists\n');
    expect(table(await prefect('get', 'projects'))).toEqual([
      ['NAME', 'FLOW COUNT', 'AGE', 'DESCRIPTION'],
      ['P', '0', expect.any(String), 'of the team'],
    ]);
  });

  it('register: version 1, skipped while nothing changed, version 2 when forced or changed', async () => {
    server.resetCounts();
    expect(await register()).toMatch(/Registering 'hello'\.\.\. Done\n.*\n.*Version: 1\n/);
    expect(server.counts()).toEqual({
      requests: 3,
      queries: 2,
      mutations: 1,
      fields: { project: 1, flow: 1, create_flow_from_compressed_string: 1 },
    });
    expect(await register()).toContain("Registering 'hello'... Skipped (metadata unchanged)");
    expect(await register('--force')).toContain('Version: 2');
    // The forced one had no key, so the group remembers none.
    expect(await register()).toContain('Version: 3');
    shell.write({ 'flow.py': flow({ value: 2 }) });
    expect(await register()).toContain('Version: 4');
  });

  it('get flows: the newest version, or all', async () => {
    const headers = ['NAME', 'VERSION', 'AGE', 'ID', 'PROJECT NAME'];
    const row = (version: number) => ['hello', String(version), expect.any(String), expect.any(String), 'P'];
    expect(table(await prefect('get', 'flows'))).toEqual([headers, row(4)]);
    expect(table(await prefect('get', 'flows', '--name', 'hello', '--project', 'P', '--all-versions'))).toEqual([
      headers,
      row(4),
      row(3),
      row(2),
      row(1),
    ]);
    expect(table(await prefect('get', 'flows', '--version', '2', '--all-versions'))).toEqual([headers, row(2)]);
    expect(table(await prefect('get', 'projects'))[1]?.[1]).toBe('1');
  });

  it('describe flows and tasks: what was registered', async () => {
    const newest = JSON.parse(await prefect('describe', 'flows', '--name', 'hello')) as Record<string, unknown>;
    expect(newest).toMatchObject({
      version: 4,
      archived: false,
      project: { name: 'P' },
      storage: { type: 'Local', path: '/flows/hello.py' },
      parameters: [{ name: 'times', default: 2 }],
    });
    expect(JSON.parse(await prefect('describe', 'flows', '--name', 'hello', '--version', '1'))).toMatchObject({
      version: 1,
      archived: true,
    });
    const tasks = JSON.parse(await prefect('describe', 'tasks', '--name', 'hello')) as { slug: string }[];
    expect(tasks.map(({ slug }) => slug).sort()).toEqual(['greet-greeting-1', 'times']);
  });

  it("FlowView: the library's own view of it, and the flow itself", async () => {
    const view = await shell.script<Record<string, unknown>>(`
from prefect.backend import FlowView, TenantView
view = FlowView.from_flow_name("hello", project_name="P")
again = FlowView.from_flow_id(view.flow_id)
print(json.dumps(dict(
    same=again.flow_id == view.flow_id,
    project=view.project_name,
    core=view.core_version,
    storage=type(view.storage).__name__,
    labels=sorted(view.run_config.labels),
    group=view.flow_group_labels,
    archived=view.archived,
    tasks=sorted(t.slug for t in view.flow.tasks),
    tenant=TenantView.from_current_tenant().slug,
)))`);
    expect(view).toEqual({
      same: true,
      project: 'P',
      core: '0.15.13',
      storage: 'Local',
      labels: ['day'],
      group: null,
      archived: false,
      tasks: ['greet-greeting-1', 'times'],
      tenant: 'default',
    });
  });

  it("flow.register: the library's own way, tasks and edges in calls of their own", async () => {
    const answer = await shell.script<{ ids: string[]; edges: number; hello: string }>(`
import contextlib, io
from prefect import Flow, task
one, two = task(lambda: 1, name="one"), task(lambda x: x, name="two")
with Flow("by-library") as flow:
    two(one())
with contextlib.redirect_stdout(io.StringIO()):
    key = flow.serialized_hash()
    ids = [
        flow.register("P", idempotency_key=key),
        flow.register("P", build=False, idempotency_key=key),
        flow.register("P", build=False),
    ]
client = prefect.Client()
query = "edge(where: { flow_id: { _eq: \\"%s\\" } }) { upstream_task { slug } downstream_task { slug } key }" % ids[2]
edges = client.graphql("query { " + query + " }").data.edge.to_list()
print(json.dumps(dict(ids=ids, edges=edges, hello=client.graphql("query { hello }").data.hello)))`);
    expect(answer.ids[1]).toBe(answer.ids[0]);
    expect(answer.ids[2]).not.toBe(answer.ids[0]);
    expect(answer.edges).toEqual([{ upstream_task: { slug: 'one-1' }, downstream_task: { slug: 'two-1' }, key: 'x' }]);
    expect(answer.hello).toContain('development server');
  });

  it('register --schedule and --no-schedule: the switch of the new version', async () => {
    shell.write({ 'daily.py': flow({ name: 'daily', schedule: 'CronSchedule("0 6 * * *")' }) });
    await prefect('register', '--project', 'P', '--path', 'daily.py');
    await prefect('register', '--project', 'P', '--path', 'daily.py', '--force', '--no-schedule');
    const query =
      '{ flow(where: { name: { _eq: "daily" } }, order_by: { version: asc }) { version is_schedule_active } }';
    const { data } = (await (await fetch(server.url, { method: 'POST', body: JSON.stringify({ query }) })).json()) as {
      data: unknown;
    };
    expect(data).toEqual({
      flow: [
        { version: 1, is_schedule_active: true },
        { version: 2, is_schedule_active: false },
      ],
    });
  });

  it('run: makes a run with its labels, which nothing takes', async () => {
    expect(await prefect('run', '--name', 'hello', '--project', 'P', '--param', 'times=3')).toMatch(
      /Labels: \['day'\]\n.*Parameters: \{'times': 3\}/,
    );
    expect(table(await prefect('get', 'flow-runs'))[1]).toMatchObject({ 1: 'hello', 2: 'Scheduled' });
    const refused = await prefect('agent', 'local', 'start', '--label', 'day', '--no-hostname-label');
    expect(refused).toMatch(/Cannot query field "register_agent" .*This\s+is\s+a\s+development\s+server/s);
  });

  it('a failed call: what the client sends again, and what it does not', async () => {
    server.fail({ kind: 'api-error', field: 'project' });
    expect(await register()).toContain('Skipped (metadata unchanged)');
    server.fail({ kind: 'api-error', field: 'create_flow_from_compressed_string' });
    const failed = await shell.prefect('register', '--project', 'P', '--path', 'flow.py');
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('API_ERROR');
    const unknown = await shell.prefect('register', '--project', 'nowhere', '--path', 'flow.py');
    expect(unknown).toEqual({
      code: 1,
      output: expect.stringContaining("Project 'nowhere' does not exist") as unknown,
    });
  });

  it('after a restart it goes on where it was', async () => {
    await server.stop();
    server = await startServer({ data: join(folder, 'data.jsonl'), port: Number(new URL(server.url).port) });
    expect(await register()).toContain('Skipped (metadata unchanged)');
  });

  it('delete project: its flows are gone too', async () => {
    expect(await prefect('delete', 'project', 'P')).toBe('P deleted\n');
    expect(await prefect('delete', 'project', 'P')).toContain('Project P not found.');
    await prefect('create', 'project', 'P');
    expect(await register()).toContain('Version: 1');
  });

  it('server create-tenant', async () => {
    expect(await prefect('server', 'create-tenant', '--name', 'Second Team')).toMatch(
      /^Tenant created with ID: [\da-f-]{36}\n$/,
    );
  });
});

describeWith(['0.15'], 'the real prefect 0.15.13 against the development server with an API key', () => {
  const tenantId = '11111111-2222-4333-8444-555555555555';
  let server: DevelopmentServer;
  let shell: Prefect1Shell;
  const getProjects = (key: string, tenant?: string) => {
    const settings = { PREFECT__BACKEND: 'cloud', PREFECT__CLOUD__API: server.url, PREFECT__CLOUD__API_KEY: key };
    shell.env = tenant === undefined ? settings : { ...settings, PREFECT__CLOUD__TENANT_ID: tenant };
    return shell.prefect('get', 'projects');
  };
  beforeAll(async () => {
    server = await startServer({ apiKey: 'right', tenantId });
    shell = new Prefect1Shell(server.url);
  });
  afterAll(async () => {
    shell?.dispose();
    await server?.stop();
  });

  it('right key, with its tenant or none', async () => {
    expect(await getProjects('right', tenantId)).toMatchObject({ code: 0 });
    expect(await getProjects('right')).toMatchObject({ code: 0 });
    expect((await shell.prefect('create', 'project', 'P')).output).toBe('P created\n');
  });

  it.each([
    ['wrong key', 'wrong', undefined],
    ['wrong tenant', 'right', '99999999-2222-4333-8444-555555555555'],
  ])('%s: an AuthorizationError', async (_, key, tenant) => {
    const { code, output } = await getProjects(key, tenant);
    expect(code).toBe(1);
    expect(output).toMatch(/prefect\.exceptions\.AuthorizationError: .*UNAUTHENTICATED/);
  });

  it('auth login keeps the key in the home, and later calls use it', async () => {
    shell.env = { PREFECT__BACKEND: 'cloud', PREFECT__CLOUD__API: server.url };
    expect((await shell.prefect('auth', 'login', '--key', 'wrong')).output).toContain(
      'Unauthorized. Invalid Prefect Cloud API key.',
    );
    expect((await shell.prefect('auth', 'login', '--key', 'right')).output).toContain(
      "Logged in to Prefect Cloud tenant 'default' (default)",
    );
    expect((await shell.prefect('get', 'projects')).output).toContain('P');
  });
});

describe('the program', () => {
  const MAIN = join(ROOT, 'tools', 'prefect1-server', 'dist', 'main.js');
  /** Ends the program with this test, whatever ends that. */
  const WITH_STDIN = 'data:text/javascript,process.stdin.on("end", () => process.exit(9)).resume()';
  const start = (args: string[], env: Record<string, string> = {}) =>
    spawn(process.execPath, ['--import', WITH_STDIN, MAIN, ...args], {
      stdio: 'pipe',
      env: { ...process.env, ...env },
    });
  const firstLine = async (child: ReturnType<typeof start>, stream: 'stdout' | 'stderr') => {
    for await (const line of createInterface({ input: child[stream] })) return line;
    return '';
  };
  let data: string;
  beforeAll(() => (data = mkdtempSync(join(tmpdir(), 'prefect1-server-'))));
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  it.each(['SIGTERM', 'SIGINT'] as const)('says where it listens and what it is, and ends on %s', async (signal) => {
    const child = start(['--port', '0', '--data', join(data, 'a.jsonl')]);
    const ended = once(child, 'exit');
    const line = await firstLine(child, 'stdout');
    const [, url] =
      /development server .* not Prefect Server\) on (http:\/\/127\.0\.0\.1:\d+), data in /.exec(line) ?? [];
    expect((await fetch(url ?? '')).status).toBe(200);
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
  });

  it('takes the key from an environment variable, never from its arguments', async () => {
    const child = start(['--port', '0', '--data', join(data, 'b.jsonl'), '--api-key-env', 'THE_KEY'], {
      THE_KEY: 'right',
    });
    const [, url = ''] = / on (\S+), data/.exec(await firstLine(child, 'stdout')) ?? [];
    const ask = async (key: string) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}` },
          body: '{"query": "{ hello }"}',
        })
      ).text();
    expect(await ask('right')).toContain('development server');
    expect(await ask('wrong')).toContain('UNAUTHENTICATED');
    child.kill();
  });

  it('says in one line what is wrong', async () => {
    const taken = await startServer();
    const port = new URL(taken.url).port;
    const wrong: [string[], string][] = [
      [
        ['--port', port],
        `listen EADDRINUSE: address already in use 127.0.0.1:${port}. ` +
          'Choose another port with --port, or end what listens there.',
      ],
      [['--port', 'x'], '--port x: this is no port. Give a number from 0 to 65535.'],
      [
        ['--api-key-env', 'NO_SUCH'],
        '--api-key-env: the environment variable NO_SUCH is not set. Set it to the key that clients must send.',
      ],
      [['--tenant', 'mine'], 'Tenant mine: the id of a tenant is a UUID.'],
      [
        ['--data', MAIN],
        `${MAIN} is not a data file of prefect1-server: its first line is another. ` +
          'Name a new file, or move this one away.',
      ],
    ];
    for (const [args, message] of wrong) {
      const child = start(args.includes('--data') ? args : [...args, '--data', join(data, 'c.jsonl')]);
      const ended = once(child, 'exit');
      expect(await firstLine(child, 'stderr')).toBe(message);
      child.stdin.end();
      await ended;
    }
    await taken.stop();
  });
});
