import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Clone } from './parts/clone';
import { ASKS, DEPLOYS_IMAGES, OF_PREFECT_1, OPENS_A_PAGE, commandsOf, guides } from './parts/guide';
import { FINAL } from './parts/process-worker';
import { until } from './parts/until';
import { expectSuccess } from './parts/workspace';

/** Each example flow and the deployment that it makes. */
const FLOWS = [
  ['project_1-flow1', 'load-sales/daily'],
  ['project_1-flow2', 'late-orders/default'],
  ['project_2-flow1', 'dedupe-customers/default'],
] as const;
const REGISTERS = FLOWS.map(([flow]) => `${flow}:register`);

describe('npm start on a fresh clone', () => {
  let clone: Clone;
  let first: string;
  let server: { pid: number; apiUrl: string };
  /** When the server last wrote each deployment. */
  let updated: Record<string, string>;
  const npmStart = async (options?: { before: string }) => {
    const { code, output } = await clone.run('npm', ['start'], options);
    if (code !== 0) throw new Error(output);
    return output;
  };
  const updatedNow = async () =>
    Object.fromEntries((await deploymentsOf(server.apiUrl)).map(({ id, updated: at }) => [id, at]));

  beforeAll(async () => {
    clone = await Clone.create();
    first = await npmStart();
    server = JSON.parse(readFileSync(join(clone.root, '.prefect-server', 'server.json'), 'utf8')) as typeof server;
  }, 900_000);
  afterAll(async () => {
    if (clone === undefined) return;
    await clone.run('npm', ['stop']);
    await clone.run('npx', ['nx', 'daemon', '--stop']);
    clone.dispose();
  });

  it('registers every flow, and shows where each is', async () => {
    const rows = tableOf(first);
    expect(rows.map(([flow, action, deployment]) => [flow, action, deployment])).toEqual(
      FLOWS.map(([flow, deployment]) => [flow, 'created', deployment]),
    );
    const page = /^Prefect's own page: (\S+)$/m.exec(first)?.[1] ?? '';
    expect(server.apiUrl).toBe(`${page}/api`);
    expect((await fetch(page)).headers.get('content-type')).toContain('text/html');

    const deployments = await deploymentsOf(server.apiUrl);
    expect(rows.map(([, , , url]) => url).sort()).toEqual(
      deployments.map(({ id }) => `${page}/deployments/deployment/${id}`).sort(),
    );
    updated = Object.fromEntries(deployments.map(({ id, updated: at }) => [id, at]));
  });

  it('again: all hits, no Python, and the server is left alone', async () => {
    const python = tripwire(clone.root);
    try {
      const output = await npmStart({ before: python.path });
      expect(hitsOf(output)).toEqual(REGISTERS);
      expect(output).toContain('for 3 out of 3 tasks');
      expect(tableOf(output).map(([flow, action]) => [flow, action])).toEqual(
        FLOWS.map(([flow]) => [flow, 'unchanged']),
      );
      expect(python.started()).toEqual([]);
      await clone.run(join('.venv', 'bin', 'python'), ['-V']);
      expect(python.started()).toHaveLength(1);
    } finally {
      python.remove();
    }
    expect(await updatedNow()).toEqual(updated);
  });

  it('after nx reset every register is still a hit', async () => {
    await clone.run('npx', ['nx', 'reset']);
    expect(hitsOf(await npmStart())).toEqual(REGISTERS);
    expect(await updatedNow()).toEqual(updated);
  });

  it("says when the server's scheduler fails, as it logs it", async () => {
    const failure =
      '22:31:47.284 | ERROR   | docket.dependencies - ↩ [    36ms] schedule_deployments(){schedule_deployments}\n' +
      'Traceback (most recent call last):\nboom.Error: no\n';
    appendFileSync(join(clone.root, '.prefect-server', 'server.log'), failure.repeat(2));
    expect(await npmStart()).toContain(
      "Warning: the server's schedule_deployments failed 2 times, so scheduled runs may not start: boom.Error: no",
    );
    expect(await updatedNow()).toEqual(updated);
  });

  it('schedules runs of a deployment with a cron, and a worker started as npm start says completes one', async () => {
    const daily = (await deploymentsOf(server.apiUrl)).find(({ name }) => name === 'daily');
    const ofDaily = () =>
      post<FlowRun[]>(`${server.apiUrl}/flow_runs/filter`, {
        deployments: { id: { any_: [daily?.id] } },
        sort: 'EXPECTED_START_TIME_ASC',
      });
    const [next] = await until(ofDaily, (runs) => runs.length > 0);
    expect(next).toMatchObject({ auto_scheduled: true, state: { type: 'SCHEDULED' } });
    expect(first).not.toContain('Warning: the server');

    // Tomorrow's run, now: the scheduler made it, and only its time is moved.
    const now = { type: 'SCHEDULED', state_details: { scheduled_time: new Date().toISOString() } };
    await post(`${server.apiUrl}/flow_runs/${next?.id}/set_state`, { state: now, force: true });
    const [, command = ''] = /^To run flows: PREFECT_API_URL=\S+ (.+)$/m.exec(first) ?? [];
    const [program = '', ...args] = command.split(' ');
    const worker = clone.start(program, args, { PREFECT_API_URL: server.apiUrl });
    try {
      const ended = await until(ofDaily, (runs) =>
        runs.some(({ id, state }) => id === next?.id && FINAL.has(state.type)),
      );
      expect(ended.find(({ id }) => id === next?.id)?.state.type).toBe('COMPLETED');
    } finally {
      worker.stop();
    }
  });

  it('every command of the README and of the guides works as it stands there', async () => {
    // The commands of npm are those of this file, and of whoever runs the tests.
    const pages = guides().filter((page) => page !== OF_PREFECT_1);
    const others = [ASKS, DEPLOYS_IMAGES, OPENS_A_PAGE];
    const commands = commandsOf(...pages).filter((command) => !others.some((pattern) => pattern.test(command)));
    expect(commands.length).toBeGreaterThan(20);
    const author = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com'];
    await clone.run('git', [...author, 'commit', '--allow-empty', '--quiet', '--message=second']);
    const before = await updatedNow();
    for (const command of commands) {
      const { code, output } = await clone.run('sh', ['-c', command]);
      if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
    }
    for (const made of ['flows/project_3', 'plan.md']) rmSync(join(clone.root, made), { recursive: true });
    // A preview is one more deployment.
    expect(await updatedNow()).toMatchObject(before);
  }, 900_000);

  it('leaves nothing that git would add', async () => {
    expect((await clone.run('git', ['status', '--porcelain'])).output).toBe('');
  });

  it('npm stop ends the server, and is content when none runs', async () => {
    const stopped = await clone.run('npm', ['stop']);
    expectSuccess(stopped);
    await until(() => isGone(clone, server.pid));
    await expect(fetch(server.apiUrl)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });

    const again = await clone.run('npm', ['stop']);
    expectSuccess(again);
    expect(again.output).toContain('No local Prefect server runs here.');
  });
});

/** A process that ends still shows while the system takes its memory back; and where nobody reaps it, as a zombie. */
async function isGone(clone: Clone, pid: number): Promise<boolean> {
  const { output } = await clone.run('ps', ['-o', 'stat=', '-p', String(pid)]);
  return /^(Z.*\n)?$/.test(output);
}

interface FlowRun {
  id: string;
  auto_scheduled: boolean;
  state: { type: string };
}

function deploymentsOf(apiUrl: string): Promise<{ id: string; name: string; updated: string }[]> {
  return post(`${apiUrl}/deployments/filter`, {});
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

/** The rows below `flow  action  deployment  URL`. */
function tableOf(output: string): string[][] {
  const [, rows = ''] = /^flow +action +deployment +URL\n((?:\S.*\n)+)/m.exec(output) ?? [];
  return rows
    .trimEnd()
    .split('\n')
    .map((row) => row.split(/ {2,}/));
}

/** Tasks that Nx shows as hits, in whatever words. */
function hitsOf(output: string): string[] {
  return [...output.matchAll(/^✔ +nx run (\S+).*\[(?:existing outputs match the cache, left as is|local cache)\]$/gm)]
    .map(([, task]) => task ?? '')
    .sort();
}

/** Puts in place of the workspace's Python, and before every other one, a program that notes that it was started. */
function tripwire(root: string): { path: string; started: () => string[]; remove: () => void } {
  const [bin, kept, programs, notes] = [
    join(root, '.venv', 'bin'),
    ...['kept', 'programs', 'notes'].map((name) => join(root, '..', name)),
  ] as [string, string, string, string];
  const pythons = readdirSync(bin).filter((name) => name.startsWith('python'));
  for (const folder of [kept, programs]) mkdirSync(folder);
  for (const name of pythons) renameSync(join(bin, name), join(kept, name));
  for (const file of [
    ...pythons.map((name) => join(bin, name)),
    ...['python', 'python3', 'uv'].map((name) => join(programs, name)),
  ]) {
    writeFileSync(file, `#!/bin/sh\necho "$0 $*" >> '${notes}'\nexit 1\n`, { mode: 0o755 });
  }
  return {
    path: programs,
    started: () => (existsSync(notes) ? readFileSync(notes, 'utf8').trim().split('\n') : []),
    remove: () => pythons.forEach((name) => renameSync(join(kept, name), join(bin, name))),
  };
}
