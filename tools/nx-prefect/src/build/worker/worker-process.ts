import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { isErrorCode } from '../../core/error-codes';
import { FlowError } from '../../core/errors';
import { PACKAGE_ROOT } from '../../core/package-root';
import { after, kill, lastOf } from './child-process';
import { frames } from './frames';
import type { LoadReport, LoadRequest, WorkerFatal, WorkerReady } from './worker-protocol';
import { type Which, workerEnvironment } from './worker-environment';
import { newWorkerFolder, removeWorkerFolder } from './worker-folder';

/** `fork`: each flow in a fork of one process that has imported Prefect (Linux). `process`: a new process for each. */
export type Isolation = 'fork' | 'process';

export interface WorkerOptions {
  python: string;
  isolation: Isolation;
  which: Which;
  /** Seconds that one load may take. */
  timeLimit: number;
}

const SCRIPT = join(PACKAGE_ROOT, 'python', 'nx_prefect_worker.py');
/** Seconds for Python and `import prefect`: 1 - 3 are usual, a cold network disk takes its time. */
export const START_LIMIT = 180;
/** Seconds beyond the time limit, in which a worker that forks ends a flow by itself. */
const GRACE = 10;
/** Milliseconds in which a process that ends, or has to, is still listened to. */
const LAST_WORDS = 300;
/** Seconds for a worker to end what flows have started, and itself. */
const END_LIMIT = 6;

/** One Python process with its temporary folder. */
export class WorkerProcess {
  ended = false;
  /** Which engine reads the flows here, by its name. */
  engine!: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #options: WorkerOptions;
  readonly #frames: AsyncGenerator<string, void, undefined>;
  readonly #exited: Promise<string>;
  readonly #said: () => string;
  readonly #stacks: () => string;

  private constructor(options: WorkerOptions) {
    this.#options = options;
    this.#folder = newWorkerFolder();
    const { python, isolation, which, timeLimit } = options;
    this.#child = spawn(python, ['-s', '-B', SCRIPT, isolation, which, String(timeLimit)], {
      env: workerEnvironment(process.env, this.#folder, which),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      // A process group of its own: what a flow started ends with it, and Ctrl-C is Node's to handle.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const { stdin, stdout, stderr, stdio } = this.#child;
    this.#said = lastOf(stdout, stderr);
    this.#stacks = lastOf(stdio[4] as Readable | null);
    // A process that died can't be written to; that it died is noticed elsewhere.
    stdin?.on('error', () => undefined);
    this.#exited = new Promise((done) => {
      this.#child.once('error', (error) => done(error.message));
      // Not `close`: a process that a flow has started may hold the pipes.
      this.#child.once('exit', (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    const secret = randomBytes(16).toString('hex');
    stdin?.write(`${secret}\n`);
    this.#frames = frames(stdio[3] as Readable, secret);
    void this.#exited.then(() => (this.ended = true));
  }

  /** @throws FlowError `prefect-not-found`, `prefect-unsupported`, `worker-start` */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options);
    try {
      const said = await worker.#next(START_LIMIT);
      if (said === undefined || said === 'late') throw await worker.#startFailure();
      const first = JSON.parse(said) as WorkerReady | WorkerFatal;
      if ('fatal' in first)
        throw isErrorCode(first.fatal.code) ? new FlowError(first.fatal) : await worker.#startFailure();
      worker.engine = first.engine;
      return worker;
    } catch (error) {
      await worker.stop();
      throw error;
    }
  }

  /** What became of one load. A worker that did not survive it, or that can do no more than one, has `ended`. */
  async load(request: LoadRequest): Promise<LoadReport> {
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    const { isolation, timeLimit } = this.#options;
    if (isolation === 'fork') {
      const said = await this.#next(timeLimit + GRACE);
      if (said !== undefined && said !== 'late') return JSON.parse(said) as LoadReport;
      return this.#report(said === 'late' ? 'late' : await this.#end(), null);
    }
    const said = await this.#next(timeLimit);
    if (said === 'late') {
      this.#child.kill('SIGABRT');
      await Promise.race([this.#exited, after(LAST_WORDS)]);
    }
    const ended = await this.#end();
    return this.#report(said === 'late' ? 'late' : ended, said === 'late' ? null : (said ?? null));
  }

  /** Ends the process with all that it started, and removes its folder. */
  async stop(): Promise<void> {
    this.#child.stdin?.end();
    const { isolation } = this.#options;
    if (isolation === 'fork') await Promise.race([this.#exited, after(END_LIMIT * 1000)]);
    await this.#end();
    removeWorkerFolder(this.#folder);
  }

  #report(ended: string, reply: string | null): LoadReport {
    return { ended, reply, output: this.#said(), stacks: this.#stacks() };
  }

  async #end(): Promise<string> {
    // A process that has answered ends by itself.
    const ended = await Promise.race([this.#exited, after(this.ended ? 0 : 1000)]);
    this.ended = true;
    kill(this.#child);
    return ended ?? (await this.#exited);
  }

  /** The next message; `late` after so many seconds, undefined when the process has closed its side. */
  async #next(seconds: number): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    // Node may have been busy with another flow: a reply that has arrived by then is read first.
    const late = new Promise<'late'>((done) => (timer = setTimeout(() => setImmediate(done, 'late'), seconds * 1000)));
    // What the process has started may hold its side open.
    const gone = this.#exited.then(() => after(LAST_WORDS));
    const message = await Promise.race([this.#frames.next(), late, gone]).finally(() => clearTimeout(timer));
    return message === 'late' ? message : (message?.value ?? undefined);
  }

  async #startFailure(): Promise<FlowError> {
    kill(this.#child);
    const { python } = this.#options;
    return new FlowError({
      code: 'worker-start',
      what: `${python} didn't start (${await this.#exited}).`,
      next: `Run \`${python} -c "import prefect"\` to see why, or name another interpreter with the option \`python\`.`,
      detail: this.#said().trim(),
    });
  }
}
