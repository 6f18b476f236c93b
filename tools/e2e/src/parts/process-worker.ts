import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Prefect } from './prefect';
import { PYTHON } from './workspace';

interface FlowRun {
  id: string;
  deployment_id: string;
  state: { type: string; message: string | null } | null;
}

/** Types of states that a run does not leave. */
export const FINAL: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);

/** Of a worker whose own connection to the server timed out on a busy machine, before it started the flow's process. */
const NOT_STARTED = /^CRASHED: Failed to submit flow run to infrastructure: .*event stream/;

/** A real process worker of Prefect, in an empty directory, with nothing of the workspace on any path. */
export class ProcessWorker {
  private constructor(
    private readonly prefect: Prefect,
    private readonly process: ChildProcess,
    private readonly folder: string,
    private log: string[],
  ) {}

  static start(prefect: Prefect, env: Record<string, string> = {}): ProcessWorker {
    const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-worker-'));
    const log: string[] = [];
    const child = spawn(
      join(dirname(PYTHON), 'prefect'),
      ['worker', 'start', '--pool', 'pool', '--type', 'process', '--limit', '3'],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          PREFECT_HOME: join(folder, '.prefect'),
          PREFECT_API_URL: prefect.apiUrl,
          PREFECT_WORKER_QUERY_SECONDS: '1',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      },
    );
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => log.push(part.toString()));
    return new ProcessWorker(prefect, child, folder, log);
  }

  /** Runs each deployment once. @returns the state that each ended in, with its message, by name */
  async runAll(deployments: Map<string, { id: string }>): Promise<Map<string, string>> {
    const run = (some: typeof deployments) => runEach(this.prefect, some, () => this.log.join(''));
    const states = await run(deployments);
    const again = new Map([...deployments].filter(([name]) => NOT_STARTED.test(states.get(name) ?? '')));
    return again.size === 0 ? states : new Map([...states, ...(await run(again))]);
  }

  stop(): void {
    if (this.process.pid) process.kill(-this.process.pid, 'SIGKILL');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Runs each deployment once, by a worker that is there.
 * @param log what the worker said
 * @returns the state that each ended in, with its message, by name
 */
export async function runEach(
  prefect: Prefect,
  deployments: Map<string, { id: string }>,
  log: () => string | Promise<string>,
): Promise<Map<string, string>> {
  const started = new Map<string, string>();
  for (const [name, { id }] of deployments) {
    const run = await prefect.call<FlowRun>('POST', `/deployments/${id}/create_flow_run`, {
      state: { type: 'SCHEDULED' },
    });
    started.set(run.id, name);
  }
  const states = new Map<string, string>();
  const deadline = Date.now() + 270_000;
  while (states.size < started.size) {
    if (Date.now() > deadline)
      throw new Error(
        `Only ${states.size} of ${started.size} runs ended. The worker said:\n${(await log()).slice(-8000)}`,
      );
    await new Promise((done) => setTimeout(done, 1000));
    const runs = await prefect.call<FlowRun[]>('POST', '/flow_runs/filter', {
      flow_runs: { id: { any_: [...started.keys()] } },
      limit: 200,
    });
    for (const { id, state } of runs) {
      if (state && FINAL.has(state.type))
        states.set(started.get(id) ?? id, state.type === 'COMPLETED' ? 'COMPLETED' : `${state.type}: ${state.message}`);
    }
  }
  return states;
}
