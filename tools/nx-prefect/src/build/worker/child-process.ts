import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

/** Characters of a process's output that are kept. */
const KEPT = 65_536;

/** The last characters that the streams gave so far. */
export function lastOf(...streams: (Readable | null)[]): () => string {
  let text = '';
  for (const stream of streams) {
    stream?.setEncoding('utf8');
    stream?.on('data', (part: string) => (text = (text + part).slice(-KEPT)));
    stream?.on('error', () => undefined);
  }
  return () => text;
}

/** For races: keeps no process alive. */
export function after(milliseconds: number): Promise<undefined> {
  return new Promise((done) => setTimeout(done, milliseconds, undefined).unref());
}

/** Kills a process with its group. */
export function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
