import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { FlowError } from '../../core/errors';
import { PACKAGE_ROOT } from '../../core/package-root';
import { isVerbose } from '../../core/is-verbose';

/** The other side is `python/nx_prefect_storage.py`. */
export interface StorageRequest {
  /** Nx project, for errors. */
  flow: string;
  /** Absolute path of the flow's script, `dist/.../script/flow.py`. */
  script: string;
  /** Names of the flows whose storage has to be built. */
  flows: string[];
}

export interface BuiltStorage {
  /** As the library serializes it; `flows` says where in it each flow is. */
  storage: { flows: Record<string, string>; [field: string]: unknown };
  /** What it adds to the labels of the flow's run config: the host's name, for `Local`. */
  labels: string[];
}

type Reply = { storages: Record<string, BuiltStorage> } | { error: { what: string; traceback: string } };

const SCRIPT = join(PACKAGE_ROOT, 'python', 'nx_prefect_storage.py');

/**
 * Lets the real library build the storages that flows of Prefect 0.15 - 1.x set for themselves: files are uploaded,
 * images built and pushed. Each call may give another storage, for several put the time into their keys.
 * @param env of the user: home, credentials, Docker's host
 * @returns by flow name
 * @throws FlowError `storage-build-failed`
 */
export async function buildStorages(
  python: string,
  { flow, script, flows }: StorageRequest,
  env: NodeJS.ProcessEnv,
): Promise<Record<string, BuiltStorage>> {
  const child = spawn(python, ['-s', '-B', '-W', 'ignore', SCRIPT], {
    env,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<string>((done) => {
    child.once('error', (error) => done(error.message));
    child.once('close', (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
  });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(JSON.stringify({ script, flows }));
  const [said = '', errors = '', answer = ''] = await Promise.all(
    [child.stdout, child.stderr, child.stdio[3] as Readable].map((stream) => (stream ? text(stream) : '')),
  );
  const reason = await ended;
  const reply = answer
    ? (JSON.parse(answer) as Reply)
    : { error: { what: `${python} ended without an answer (${reason})`, traceback: '' } };
  if ('storages' in reply) return reply.storages;
  throw new FlowError({
    code: 'storage-build-failed',
    flow,
    what: `Prefect can't build the storage that the flow sets: ${reply.error.what}`.replace(/([^.])$/, '$1.'),
    next: 'Correct it or its credentials, or set no storage: then the flow is stored in the "s3Bucket" of the options.',
    // The library logs what it did; its frames are not the user's.
    detail: [said, errors, isVerbose() ? reply.error.traceback : '']
      .map((part) => part.trim())
      .filter(Boolean)
      .join('\n')
      .slice(-4000),
  });
}
