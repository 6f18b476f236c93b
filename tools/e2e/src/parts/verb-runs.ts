import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Workspace, cleanEnvironment } from './workspace';

interface Graph {
  nodes: Record<string, { name: string; data: { root: string; targets?: Record<string, unknown> } }>;
}

interface Outcome {
  task: string;
  result: { success: boolean; terminalOutput: string; status?: string };
}

export interface VerbRun {
  /** By task id. */
  outcomes: Map<string, 'done' | 'hit' | 'failed'>;
  /** What the tasks and the run itself said. */
  output: string;
}

/** Runs verbs of one workspace in one process, one run after the other, and knows what a run leaves behind. */
export class VerbRuns {
  #said = '';
  readonly #died = new AbortController();

  private constructor(
    private readonly workspace: Workspace,
    private readonly graph: Graph,
    private readonly process: ChildProcess,
    private readonly temporary: string,
  ) {
    process.once('exit', () => this.#died.abort());
    for (const stream of [process.stdout, process.stderr])
      stream?.on('data', (part: Buffer) => (this.#said += part.toString()));
  }

  static async start(workspace: Workspace): Promise<VerbRuns> {
    const { code, output } = await workspace.nx(['graph', '--file=dist/graph.json']);
    if (code !== 0) throw new Error(output);
    const { graph } = JSON.parse(workspace.read('dist/graph.json')) as { graph: Graph };
    const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-runs-')));
    const child = fork(join(__dirname, 'verb-process.mjs'), {
      cwd: workspace.root,
      env: { ...cleanEnvironment(), NX_DAEMON: 'false', TMPDIR: temporary, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new VerbRuns(workspace, graph, child, temporary);
  }

  /** @param options of `register`, over those of the workspace */
  async run(ids: string[], env: Record<string, string>, options: object = {}): Promise<VerbRun> {
    this.#said = '';
    const answer = once(this.process, 'message', { signal: this.#died.signal });
    this.process.send({ root: this.workspace.root, graph: this.graph, ids, env, options });
    const [outcomes] = (await answer.catch(() => {
      throw new Error(`The run ended the process: ${this.#said}`);
    })) as [Outcome[]];
    return {
      outcomes: new Map(outcomes.map(({ task, result }) => [task, stateOf(result)])),
      output: outcomes.map(({ result }) => result.terminalOutput).join('') + this.#said,
    };
  }

  /** What no run may leave: temporary folders, half of a copy, a lock, processes. */
  leftovers(): string[] {
    const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
    const { pid } = this.process;
    const children = `/proc/${pid}/task/${pid}/children`;
    return [
      ...list(this.temporary),
      ...list(this.workspace.path('.prefect-code')).filter((name) => name.startsWith('.')),
      ...list(this.workspace.path('dist')).filter((name) => /lock|^\.building/.test(name)),
      ...(existsSync(children) ? readFileSync(children, 'utf8').split(' ').filter(Boolean) : []),
    ];
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
    rmSync(this.temporary, { recursive: true, force: true });
  }
}

function stateOf({ success, status }: Outcome['result']): 'done' | 'hit' | 'failed' {
  if (!success) return 'failed';
  return status === 'local-cache-kept-existing' ? 'hit' : 'done';
}
