import { spawn } from 'node:child_process';
import { ProcessTree } from './process-tree';

export interface Measured {
  /** Seconds. */
  wall: number;
  /** Seconds, of the command and of all that it started. Undefined where there is no /proc. */
  cpu?: number | undefined;
  /**
   * MB (2^20 bytes) at the worst moment: of the largest process, and of all together (pages that they share count for
   * each).
   */
  largest?: number | undefined;
  together?: number | undefined;
  /** Python processes among them. */
  pythons?: number | undefined;
  /** Standard output. */
  output: string;
}

interface Options {
  cwd: string;
  env?: Record<string, string>;
  limitSeconds: number;
  /** The same for all commands that share a daemon: then it counts for each. */
  mark: string;
  /** Goes to standard input. */
  input?: string;
}

/** Why a contestant could not do its work; goes into the table. */
export class GaveUp extends Error {}

/**
 * Runs a command to its end and measures it, with the daemons that it starts. Throws {@link GaveUp} for one that fails
 * or takes too long.
 */
export async function measure(
  [command = '', ...args]: readonly string[],
  { cwd, env = {}, limitSeconds, mark, input = '' }: Options,
): Promise<Measured> {
  const tree = new ProcessTree(mark);
  const started = process.hrtime.bigint();
  const child = spawn(command, args, {
    cwd,
    env: { ...environment(), ...env, [ProcessTree.MARK]: mark },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (errors += part));
  child.stdin.on('error', () => undefined).end(input);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    tree.kill();
    child.kill('SIGKILL');
  }, limitSeconds * 1000);
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('exit', (status) => done(status));
  });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  clearTimeout(timer);
  const used = tree.stop();
  if (late) throw new GaveUp(`over ${limitSeconds} s`);
  if (code !== 0) throw new GaveUp(lastLine(errors + output) || `ended with ${code}`);
  return { wall, output, ...used };
}

function lastLine(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (lines.find((line) => /error/i.test(line)) ?? lines.findLast(Boolean) ?? '').slice(0, 120);
}

/** Nothing of the machine's own settings reaches a contestant. Bytecode may be written, as on anyone's machine. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:PREFECT_|AWS_|NX_|PANTS_|PYTHON|VIRTUAL_ENV|npm_)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: '1', NX_TUI: 'false', NX_DAEMON: 'false' };
}
