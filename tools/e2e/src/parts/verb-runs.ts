import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askGraph, type Graph } from './asked-graph';
import { type Workspace, cleanEnvironment } from './workspace';

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
  #process: ChildProcess | undefined;

  private constructor(
    private readonly workspace: Workspace,
    private readonly graph: Graph,
    /** The folder for temporary files of its runs. */
    readonly temporary: string,
  ) {}

  static async start(workspace: Workspace, given?: Graph): Promise<VerbRuns> {
    const graph = given ?? (await askGraph(workspace, [])).graph;
    const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-runs-')));
    return new VerbRuns(workspace, graph, temporary);
  }

  /** @param options of `register`, over those of the workspace */
  async run(ids: string[], env: Record<string, string>, options: object = {}): Promise<VerbRun> {
    const run = await this.attempt(ids, env, { options });
    if (run.outcomes === undefined) throw new Error(`The run ended the process: ${run.output}`);
    return { ...run, outcomes: run.outcomes };
  }

  /**
   * A run whose process may be killed.
   * @param full a folder, relative to the workspace's root or absolute, that the run sees on a disk of so many KiB
   * @returns `outcomes` undefined where the process did not live to tell
   */
  async attempt(
    ids: string[],
    env: Record<string, string>,
    { options = {}, full }: { options?: object; full?: { folder: string; kib: number } } = {},
  ): Promise<Partial<VerbRun> & { output: string }> {
    this.#said = '';
    const child = full ? this.#fork(['unshare', '--mount', process.execPath]) : (this.#process ??= this.#fork());
    child.send({ root: this.workspace.root, graph: this.graph, ids, env, options, full });
    const outcomes = await answerOf(child);
    if (full) await this.#end(child);
    if (outcomes === undefined) return { output: this.#said };
    return {
      outcomes: new Map(outcomes.map(({ task, result }) => [task, stateOf(result)])),
      output: outcomes.map(({ result }) => result.terminalOutput).join('') + this.#said,
    };
  }

  /** The processes of this workspace's runs that live, the one that runs the verbs among them. */
  processes(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => environmentOf(pid).includes(`TMPDIR=${this.temporary}`))
      .map(Number);
  }

  async kill(pid: number): Promise<void> {
    const child = this.#process?.pid === pid ? this.#process : undefined;
    const ended = child && once(child, 'exit');
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
    await ended;
  }

  /** What no run may leave: temporary folders, half of a copy, a lock, processes. */
  leftovers(): string[] {
    const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
    return [
      ...list(this.temporary),
      ...list(this.workspace.path('.prefect-code')).filter((name) => name.startsWith('.')),
      ...list(this.workspace.path('dist')).filter((name) => /lock|^\.building/.test(name)),
      ...this.processes()
        .filter((pid) => pid !== this.#process?.pid)
        .map((pid) => `process ${pid}`),
    ];
  }

  async stop(): Promise<void> {
    if (this.#process) await this.#end(this.#process);
    rmSync(this.temporary, { recursive: true, force: true });
  }

  #fork([program, ...words]: string[] = [process.execPath]): ChildProcess {
    const child = fork(join(__dirname, 'verb-process.mjs'), {
      cwd: this.workspace.root,
      env: { ...cleanEnvironment(), NX_DAEMON: 'false', TMPDIR: this.temporary, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execPath: program,
      execArgv: words,
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => (this.#said += part.toString()));
    child.once('exit', () => {
      if (this.#process === child) this.#process = undefined;
    });
    return child;
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}

/** Undefined where the process ends before it tells. */
function answerOf(child: ChildProcess): Promise<Outcome[] | undefined> {
  return new Promise((resolve) => {
    const settle = (outcomes?: unknown) => {
      child.off('message', settle).off('exit', end);
      resolve(outcomes as Outcome[] | undefined);
    };
    const end = () => settle();
    child.on('message', settle).on('exit', end);
  });
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return ''; // It ended a moment ago.
  }
}

function stateOf({ success, status }: Outcome['result']): 'done' | 'hit' | 'failed' {
  if (!success) return 'failed';
  return status === 'local-cache-kept-existing' ? 'hit' : 'done';
}
