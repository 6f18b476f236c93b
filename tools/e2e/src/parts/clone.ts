import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT, run } from './workspace';

/**
 * What a newcomer has: a clone of this repository as it is now, uncommitted edits too, with nothing installed, and an
 * empty home.
 */
export class Clone {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<Clone> {
    const clone = new Clone(realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-clone-'))));
    const origin = join(clone.folder, 'origin');
    const listed = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard'], ROOT);
    for (const file of listed.split('\0').filter((path) => path && existsSync(join(ROOT, path)))) {
      mkdirSync(dirname(join(origin, file)), { recursive: true });
      cpSync(join(ROOT, file), join(origin, file));
    }
    await git(['init', '--quiet', '--initial-branch=main'], origin);
    await git(['add', '--all'], origin);
    await git(
      ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', 'commit', '--quiet', '--message=as it is now'],
      origin,
    );
    await git(['clone', '--quiet', origin, clone.root], clone.folder);
    mkdirSync(join(clone.folder, 'home'));
    return clone;
  }

  /** With a space in it, as in many people's home. */
  get root(): string {
    return join(this.folder, 'my flows');
  }

  /** Runs a command as in a newcomer's terminal. @param before a folder that goes before all others on the PATH */
  async run(
    command: string,
    args: string[],
    { before }: { before?: string } = {},
  ): Promise<{ code: number | null; output: string }> {
    const { code, output } = await run(command, args, {
      cwd: this.root,
      env: newcomer(join(this.folder, 'home'), before),
    });
    return { code, output: stripVTControlCharacters(output) };
  }

  /** Starts a program of the clone that runs until it is stopped. */
  start(program: string, args: string[], env: Record<string, string>): { stop: () => void } {
    const child = spawn(join(this.root, program), args, {
      cwd: this.root,
      env: { ...newcomer(join(this.folder, 'home'), undefined), ...env },
      stdio: 'ignore',
      detached: true,
    });
    return { stop: () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL') };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function git(args: string[], cwd: string): Promise<string> {
  const { code, output } = await run('git', args, { cwd, env: process.env });
  if (code !== 0) throw new Error(`git ${args.join(' ')} ended with ${code}:\n${output}`);
  return output;
}

/**
 * This machine's settings of Prefect, AWS and Nx, Jest's and those of the npm that runs the tests stay out; how to
 * reach a registry stays in. Without CI, so that Nx's daemon takes part.
 */
function newcomer(home: string, before?: string): NodeJS.ProcessEnv {
  const foreign = [
    /^(PREFECT|AWS|NX|JEST|XDG)_/i,
    /^npm_(?!config_(registry|.*proxy|cafile))/i,
    /^(CI|INIT_CWD|NODE_ENV|VIRTUAL_ENV|FORCE_COLOR)$/i,
  ];
  const kept = Object.entries(process.env).filter(([name]) => !foreign.some((pattern) => pattern.test(name)));
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes(join('node_modules', '.bin')) && !folder.startsWith(ROOT + sep));
  return { ...Object.fromEntries(kept), HOME: home, PATH: [...(before ? [before] : []), ...path].join(delimiter) };
}
