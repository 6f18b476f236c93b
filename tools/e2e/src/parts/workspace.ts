import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The repository under test. */
export const ROOT = rootAbove(__dirname);
export const PYTHON = join(ROOT, '.venv', 'bin', 'python');
export const NX = join(ROOT, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');

export interface Ran {
  code: number | null;
  /** Standard output and standard error, as they came. */
  output: string;
  /** Nx's words about each task, by task id. */
  tasks: Map<string, 'done' | 'hit' | 'failed'>;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Kills the whole run after so many milliseconds. */
  killAfter?: number;
  daemon?: boolean;
  /** A command that runs the one given to it, elsewhere: `nsenter ... --`. */
  through?: string[];
}

interface CreateOptions {
  /** Copies the example flows and libs of this repository. */
  examples?: boolean;
  /** Changes the workspace's own copy of the plugin, given its folder. */
  mutate?: (plugin: string) => void;
}

/** Wherever this file runs: here, or compiled for the benches. */
function rootAbove(folder: string): string {
  return existsSync(join(folder, 'nx.json')) ? folder : rootAbove(dirname(folder));
}

/** A user's workspace in a temporary folder, with the plugin of this repository. */
export class Workspace {
  private constructor(readonly root: string) {}

  /** @param files path -> content; `nx.json`, `package.json` and `.gitignore` have defaults */
  static async create(
    files: Record<string, string> = {},
    { examples = false, mutate }: CreateOptions = {},
  ): Promise<Workspace> {
    for (const needed of [PYTHON, NX])
      if (!existsSync(needed)) throw new Error(`${needed} is missing: run npm test, which installs it.`);
    const workspace = new Workspace(realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-e2e-'))));
    if (mutate) mutate(ownPlugin(workspace.root));
    else symlinkSync(join(ROOT, 'node_modules'), join(workspace.root, 'node_modules'));
    symlinkSync(join(ROOT, '.venv'), join(workspace.root, '.venv'));
    workspace.write({
      'package.json': JSON.stringify({ name: 'e2e-team', private: true }),
      'nx.json': nxJson(),
      '.gitignore': 'node_modules\n.venv\ndist\n.nx\n.prefect-code\n.env*\n__pycache__\n',
      ...files,
    });
    if (examples)
      for (const folder of ['flows', 'libs'])
        cpSync(join(ROOT, folder), join(workspace.root, folder), {
          recursive: true,
          filter: (path) => !path.includes('__pycache__'),
        });
    await workspace.git('init', '--initial-branch=main');
    await workspace.commit('first');
    return workspace;
  }

  /** What a colleague gets who clones it now: the last commit, and nothing that Nx keeps. */
  async clone(): Promise<Workspace> {
    const workspace = new Workspace(realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-clone-'))));
    await workspace.git('clone', '--quiet', this.root, '.');
    for (const link of ['node_modules', '.venv']) symlinkSync(realpathSync(this.path(link)), workspace.path(link));
    return workspace;
  }

  path(file: string): string {
    return join(this.root, file);
  }

  read(file: string): string {
    return readFileSync(this.path(file), 'utf8');
  }

  write(files: Record<string, string>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(this.path(file)), { recursive: true });
      writeFileSync(this.path(file), content);
    }
  }

  edit(file: string, change: (content: string) => string): void {
    this.write({ [file]: change(this.read(file)) });
  }

  remove(file: string): void {
    rmSync(this.path(file), { recursive: true, force: true });
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git(
      '-c',
      'user.name=e2e',
      '-c',
      'user.email=e2e@example.com',
      'commit',
      '--allow-empty',
      '--quiet',
      `--message=${message}`,
    );
  }

  async git(...args: string[]): Promise<string> {
    const { code, output } = await run('git', args, { cwd: this.root, env: process.env });
    if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  /** Runs `nx`, as a user does in a terminal without colours. No daemon unless asked for. */
  async nx(args: string[], { env = {}, killAfter, daemon = false, through = [] }: RunOptions = {}): Promise<Ran> {
    const [command = '', ...rest] = [...through, process.execPath, NX, ...args];
    const { code, output } = await run(command, rest, {
      cwd: this.root,
      env: { ...cleanEnvironment(), NX_DAEMON: String(daemon), ...env },
      killAfter,
    });
    return { code, output, tasks: tasksOf(output) };
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A run that must succeed: where it does not, the test's failure is what the run said. */
export function expectSuccess({ code, output }: Pick<Ran, 'code' | 'output'>): void {
  if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
}

/** A `node_modules` with a real copy of the plugin in it, and links to everything else. */
function ownPlugin(root: string): string {
  const [from, to] = [join(ROOT, 'node_modules'), join(root, 'node_modules')];
  mkdirSync(to);
  for (const name of readdirSync(from)) if (name !== 'nx-prefect') symlinkSync(join(from, name), join(to, name));
  cpSync(realpathSync(join(from, 'nx-prefect')), join(to, 'nx-prefect'), { recursive: true });
  return join(to, 'nx-prefect');
}

/** @param register default options of `register` */
export function nxJson(register: Record<string, unknown> = {}, more: Record<string, unknown> = {}): string {
  const options = { register: { workPool: 'pool', ...register }, ...more };
  return JSON.stringify(
    { analytics: false, neverConnectToCloud: true, defaultBase: 'main', plugins: [{ plugin: 'nx-prefect', options }] },
    null,
    2,
  );
}

/** Nothing of the machine's own Prefect, AWS or Nx settings reaches the commands under test. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(PREFECT_|AWS_|NX_)/.test(name));
  return {
    ...Object.fromEntries(kept),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    NX_TUI: 'false',
    AWS_EC2_METADATA_DISABLED: 'true',
    PREFECT_PROFILES_PATH: '/nonexistent/profiles.toml',
  };
}

export function run(
  command: string,
  args: string[],
  { cwd, env, killAfter }: { cwd: string; env: NodeJS.ProcessEnv; killAfter?: number | undefined },
): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: killAfter !== undefined,
    });
    let output = '';
    child.stdout.on('data', (part: Buffer) => (output += part.toString()));
    child.stderr.on('data', (part: Buffer) => (output += part.toString()));
    const timer =
      killAfter === undefined
        ? undefined
        : setTimeout(() => child.pid && process.kill(-child.pid, 'SIGKILL'), killAfter);
    child.once('error', fail);
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, output });
    });
  });
}

/**
 * Reads Nx's line for each task, `✔  nx run a:register  [existing outputs match the cache, left as is]`, and its list
 * of failed ones.
 */
function tasksOf(output: string): Ran['tasks'] {
  const tasks: Ran['tasks'] = new Map();
  for (const [, task, note] of output.matchAll(/^\s*(?:✔|✖|>)\s+nx run ([\w.-]+:[\w:-]+)(?:\s+\[([^\]]+)\])?/gm)) {
    if (!task) continue;
    if (/match the cache|local cache|remote cache/.test(note ?? '')) tasks.set(task, 'hit');
    else if (!tasks.has(task)) tasks.set(task, 'done');
  }
  const [, failed = ''] = /^Failed tasks:\n\n((?:- .*\n)+)/m.exec(output) ?? [];
  for (const [, task] of failed.matchAll(/^- (.*)$/gm)) if (task) tasks.set(task, 'failed');
  return tasks;
}
