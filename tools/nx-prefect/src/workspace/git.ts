import { spawn } from 'node:child_process';

export interface GitAnswer {
  ok: boolean;
  output: Buffer;
  /** The last line of what git said about a failure. */
  reason: string;
}

interface Question {
  /** Standard input. */
  input?: string;
  /** Seconds that the answer may take; no limit without it. */
  seconds?: number;
}

/** Runs git in a folder: in plain words, without a terminal to ask for a password, and without locks of its own. */
export function git(
  folder: string,
  args: readonly string[],
  { input = '', seconds }: Question = {},
): Promise<GitAnswer> {
  return new Promise((done) => {
    const child = spawn('git', args, {
      cwd: folder,
      env: { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(seconds !== undefined && { timeout: seconds * 1000 }),
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
      else
        failed(
          signal === null ? said : seconds === undefined ? `ended by ${signal}` : `no answer within ${seconds} seconds`,
        );
    });
  });
}

/** The words that git prints, or undefined where it fails. */
export async function gitText(folder: string, ...args: string[]): Promise<string | undefined> {
  const { ok, output } = await git(folder, args);
  return ok ? output.toString().trim() : undefined;
}
