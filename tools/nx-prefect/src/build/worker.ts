import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { FlowError } from '../core/errors';
import { PACKAGE_ROOT } from '../core/package-root';
import type { Loaded } from '../engines/loaded';
import type { LoadFailed, LoadReply, LoadRequest, WorkerFatal, WorkerReady } from './worker-protocol';

export interface LoadOptions {
  /**
   * Makes what a request names, when it is known which Prefect the environment holds. What it throws is that flow's
   * outcome.
   */
  prepare?: ((request: LoadRequest, engine: string) => LoadRequest) | undefined;
  /** Seconds that one flow may take; 120 unless told. */
  timeLimit?: number | undefined;
}

/** The final word on one request. */
export type LoadOutcome = LoadSucceeded | LoadRefused;

export interface LoadSucceeded {
  id: string;
  loaded: Loaded;
}

export interface LoadRefused {
  id: string;
  error: Error;
  /** What the flow printed. */
  output: string;
  /** The whole Python traceback, for `--verbose`; empty when there is none. */
  fullTraceback: string;
}

const SCRIPT = join(PACKAGE_ROOT, 'python', 'nx_prefect_worker.py');
/** Seconds for Python and `import prefect`: 1 - 3 are usual, a cold network disk takes its time. */
const START_LIMIT = 180;

/**
 * Loads flows in one Python process and gives one outcome for each request, in order of completion. A flow that
 * hangs or takes the process down fails alone: the rest goes on in a new process. So does a flow that can't
 * share the process with an earlier one.
 *
 * Throws FlowError when nothing can be loaded at all: `prefect-not-found`, `prefect-unsupported`, `worker-start`.
 */
export async function* loadFlows(
  python: string,
  requests: readonly LoadRequest[],
  { timeLimit = 120, prepare = (request) => request }: LoadOptions = {},
): AsyncGenerator<LoadOutcome, void, undefined> {
  const waiting = [...requests];
  const interpreter = waiting.length > 0 ? await realInterpreter(python) : python;
  while (waiting.length > 0) {
    // The first request of a process never needs another one, so each round gets on.
    const setAside: LoadRequest[] = [];
    const worker = await Worker.start(interpreter, timeLimit);
    const take = () => {
      const request = waiting.shift();
      return request && { request, prepared: prepared(request, worker.engine, prepare) };
    };
    try {
      let next = take();
      let done: LoadOutcome | undefined;
      while (next && !worker.ended) {
        const { request, prepared: now } = next;
        const loading = now instanceof Error ? Promise.resolve(now) : worker.load(now);
        loading.catch(() => undefined); // it is awaited below
        // While Python loads one flow, what was loaded before is finished and the next is prepared.
        if (done) yield done;
        next = take();
        const reply = await loading;
        done = 'ownProcess' in reply ? undefined : outcome(request, reply);
        if (!done) setAside.push(request);
      }
      if (next) waiting.unshift(next.request);
      if (done) yield done;
    } finally {
      worker.stop();
    }
    waiting.push(...setAside);
  }
}

type Death = { died: FlowError; output: string; fullTraceback: string };

/** What `prepare` made of it, or why it could not. */
function prepared(
  request: LoadRequest,
  engine: string,
  prepare: NonNullable<LoadOptions['prepare']>,
): LoadRequest | Error {
  try {
    return prepare(request, engine);
  } catch (error) {
    return error as Error;
  }
}

function outcome({ id }: LoadRequest, reply: Loaded | LoadFailed | Death | Error): LoadOutcome {
  if (reply instanceof Error) return { id, error: reply, output: '', fullTraceback: '' };
  if ('died' in reply) return { id, error: reply.died, output: reply.output, fullTraceback: reply.fullTraceback };
  if (reply.ok) return { id, loaded: reply };
  const { code, what, next, file, line, traceback, fullTraceback } = reply.error;
  const error = new FlowError({
    code,
    what,
    next,
    file,
    ...(line && { line }),
    ...(traceback && { detail: traceback }),
  });
  return { id, error, output: reply.output, fullTraceback };
}

/**
 * What a shim of pyenv, asdf or mise starts. A shim finds its versions in the user's home, which a worker doesn't see;
 * outside a virtual environment nothing tells a shim from an interpreter.
 */
async function realInterpreter(python: string): Promise<string> {
  const folder = dirname(python);
  if ([folder, dirname(folder)].some((each) => existsSync(join(each, 'pyvenv.cfg')))) return python;
  try {
    const { stdout } = await promisify(execFile)(python, ['-I', '-S', '-c', 'import sys; print(sys.executable)'], {
      env: process.env,
      timeout: START_LIMIT * 1000,
      windowsHide: true,
    });
    const said = stdout.trim();
    return existsSync(said) ? said : python;
  } catch {
    // The worker's own start says why.
    return python;
  }
}

/** One Python process with its temporary home. */
class Worker {
  ended = false;
  /** Name of the engine that the environment holds. */
  engine = '';
  private readonly replies: AsyncIterator<string>;

  private constructor(
    private readonly process: ChildProcess,
    private readonly home: string,
    private readonly timeLimit: number,
    private readonly exited: Promise<string>,
  ) {
    this.replies = createInterface({ input: process.stdio[3] as Readable, crlfDelay: Infinity })[
      Symbol.asyncIterator
    ]();
  }

  static async start(python: string, timeLimit: number): Promise<Worker> {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-')));
    mkdirSync(join(home, 'home'));
    const child = spawn(python, ['-s', '-B', SCRIPT, join(home, 'output'), String(timeLimit)], {
      env: workerEnvironment(process.env, join(home, 'home')),
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      // A process group of its own: what a flow started ends with it, and Ctrl-C is Node's to handle.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    // Before the worker takes over its output, only Python itself has something to say: why it can't start.
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part) => (said = (said + part).slice(-2000)));
    // A process that died can't be written to; that it died is noticed elsewhere.
    child.stdin?.on('error', () => undefined);
    const exited = new Promise<string>((done) => {
      child.once('error', (error) => done(error.message));
      child.once('close', (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    const worker = new Worker(child, home, timeLimit, exited);
    const stopOnExit = () => worker.stop();
    process.once('exit', stopOnExit);
    void exited.then(() => process.off('exit', stopOnExit));
    try {
      const first = (await worker.next(START_LIMIT)) as WorkerReady | WorkerFatal | 'late' | undefined;
      if (typeof first !== 'object') throw new FlowError(await worker.startFailure(python, said));
      if ('fatal' in first) throw new FlowError(first.fatal);
      worker.engine = first.engine;
      return worker;
    } catch (error) {
      worker.stop();
      throw error;
    }
  }

  /** What became of one request; a process that didn't survive it has ended. */
  async load(request: LoadRequest): Promise<LoadReply | Death> {
    (this.process.stdin as Writable).write(`${JSON.stringify(request)}\n`);
    const reply = (await this.next(this.timeLimit)) as LoadReply | 'late' | undefined;
    if (typeof reply === 'object') return reply;
    this.ended = true;
    const { output, dump } = withoutDump(this.output());
    const place = placeIn(dump, request);
    const failure =
      reply === 'late'
        ? {
            code: 'time-limit',
            what: `Loading the flow took longer than ${this.timeLimit} s.`,
            next: 'Move what waits or computes into the flow or a task, or raise the option `timeLimit`.',
          }
        : {
            code: 'worker-died',
            what: `Python ended while it loaded the flow (${await this.exited}).`,
            next:
              'Look for `os._exit`, or for a package that crashes when it is imported; ' +
              '`load: static` reads the file without running it.',
          };
    return { died: new FlowError({ ...failure, ...place }), output, fullTraceback: dump };
  }

  /** Kills the process with all that it started, and removes its home. */
  stop(): void {
    this.ended = true;
    kill(this.process);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The next reply; `late` after so many seconds, undefined when the process has closed its side. */
  private async next(seconds: number): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    // Node may have been busy with another flow: a reply that has arrived by then is read first.
    const late = new Promise<'late'>((done) => (timer = setTimeout(() => setImmediate(done, 'late'), seconds * 1000)));
    const reply = await Promise.race([this.replies.next(), late]).finally(() => clearTimeout(timer));
    if (reply === 'late') return reply;
    return reply.done ? undefined : JSON.parse(reply.value);
  }

  private output(): string {
    const file = join(this.home, 'output');
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-10_000) : '';
  }

  private async startFailure(python: string, said: string) {
    kill(this.process);
    const reason = await this.exited;
    return {
      code: 'worker-start',
      what: `${python} didn't start (${reason}).`,
      next: `Run \`${python} -c "import prefect"\` to see why, or name another interpreter with the option \`python\`.`,
      detail: `${said}${this.output()}`.trim(),
    };
  }
}

/** What the flow printed, apart from the stacks that faulthandler writes after it, for a hang as for a crash. */
function withoutDump(output: string): { output: string; dump: string } {
  const at = output.search(/^(?:Timeout \(\d+:\d\d:\d\d|Fatal Python error: )/m);
  return at < 0 ? { output, dump: '' } : { output: output.slice(0, at), dump: output.slice(at) };
}

/** faulthandler's own words: `File "/copy/flows/p/f/flow.py", line 3 in <module>`, innermost frame first. */
function placeIn(output: string, { root, path }: LoadRequest): { file: string; line?: number } {
  for (const [, file, line] of output.matchAll(/File "([^"\n]+)", line (\d+) in /g)) {
    for (const top of [root, realpathSync(root)]) {
      if (file?.startsWith(top)) return { file: file.slice(top.length + 1).replaceAll('\\', '/'), line: Number(line) };
    }
  }
  return { file: path };
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

const PASSED_ON =
  /^(PATH|LANG|LC_ALL|LC_CTYPE|TMPDIR|TEMP|TMP|SYSTEMROOT|SYSTEMDRIVE|COMSPEC|PATHEXT|LD_LIBRARY_PATH|DYLD_\w+)$/i;

/**
 * What Python needs to run, and nothing that would make a build depend on who runs it: no token, no profile, no server.
 */
function workerEnvironment(own: NodeJS.ProcessEnv, home: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(own).filter(([name]) => PASSED_ON.test(name))),
    HOME: home,
    USERPROFILE: home,
    PREFECT_HOME: join(home, '.prefect'),
    // Else asking for a Variable at import starts a server for 16 s and silently returns the default.
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: 'false',
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    PREFECT_LOGGING_LEVEL: 'ERROR',
    PREFECT_LOGGING_TO_API_ENABLED: 'false',
    PREFECT__LOGGING__LEVEL: 'ERROR',
    DO_NOT_TRACK: '1',
    // A boto3 client at module level looks for a cloud machine's credentials otherwise.
    AWS_EC2_METADATA_DISABLED: 'true',
    TZ: 'UTC',
    PYTHONHASHSEED: '0',
    PYTHONIOENCODING: 'utf-8',
  };
}
