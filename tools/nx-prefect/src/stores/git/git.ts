import { spawn } from 'node:child_process';

export interface GitAnswer {
  ok: boolean;
  output: Buffer;
  /** The last line of what git said about a failure. */
  reason: string;
}

/** Milliseconds that one question to git may take, a remote that is away included. */
const PATIENCE = 120_000;

/** Runs git in a folder, without a terminal to ask for a password. */
export function git(folder: string, args: readonly string[], input = ''): Promise<GitAnswer> {
  return new Promise((done) => {
    const child = spawn('git', args, {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: PATIENCE,
      windowsHide: true,
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => output.push(part));
    child.stderr.on('data', (part: Buffer) => errors.push(part));
    // git may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const failed = (reason: string) => done({ ok: false, output: Buffer.concat(output), reason });
    child.once('error', ({ message }) => failed(message));
    child.once('close', (code, signal) => {
      const said = Buffer.concat(errors).toString().trim().split('\n').at(-1) ?? '';
      if (code === 0) done({ ok: true, output: Buffer.concat(output), reason: '' });
      else failed(signal === null ? said : `no answer within ${PATIENCE / 1000} seconds`);
    });
  });
}

/** The words that git prints, or undefined where it fails. */
export async function gitText(folder: string, ...args: string[]): Promise<string | undefined> {
  const { ok, output } = await git(folder, args);
  return ok ? output.toString().trim() : undefined;
}
