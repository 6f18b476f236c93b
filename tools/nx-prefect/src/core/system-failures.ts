import { tmpdir } from 'node:os';
import type { FlowErrorDetails } from './errors';

/** What a path of this plugin is for, by the path. */
const PURPOSES: readonly [RegExp, string][] = [
  [/\/dist\/\.register\.(lock|turns)/, 'the lock of this checkout'],
  [/\/dist\/\.building-/, 'copies of what ships, while flows are loaded'],
  [/\/dist(\/|$)/, 'builds'],
  [/\/\.prefect-code(\/|$)/, 'the code that workers on this machine load'],
];

const FREE = 'Free some space there, or move the folder to a larger disk.';
const ALLOW = 'Let this user write there, or run where the checkout can be written.';

/** What happened and what to do, by the code of the error. */
const CAUSES: Readonly<Record<string, [what: string, next: string]>> = {
  ENOSPC: ['the disk is full', FREE],
  EDQUOT: ["this user's share of the disk is full", FREE],
  EROFS: ['its disk is read-only', ALLOW],
  EACCES: ['this user has no permission', ALLOW],
  EPERM: ['the system does not permit it', ALLOW],
  EMFILE: ['this process has too many files open', 'Raise the limit (ulimit -n), or run fewer tasks at once.'],
  ENFILE: ['the system has too many files open', 'End other programs, or raise the limit.'],
  ENOENT: ['it does not exist', 'Create it, or correct the setting that names it.'],
  ENOTDIR: ['a file stands where a folder should be', 'Move that file away.'],
  EISDIR: ['a folder stands where a file should be', 'Move that folder away.'],
  ENAMETOOLONG: ['the name is too long for this disk', 'Shorten the name, or that of a folder above.'],
  ELOOP: ['links form a circle', 'Remove one of the links.'],
  EIO: ['the disk failed', 'Check the disk.'],
};

/**
 * A failure of the file system in words: which place, what for, why, what to do.
 * @returns undefined for anything but an error of Node that names a path and a cause that is known
 */
export function systemFailure(error: unknown): FlowErrorDetails | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const cause = CAUSES[code ?? ''];
  if (typeof path !== 'string' || cause === undefined) return undefined;
  const temporary = path === tmpdir() || path.startsWith(`${tmpdir()}/`);
  const purpose = temporary ? 'temporary files' : PURPOSES.find(([pattern]) => pattern.test(path))?.[1];
  const action = /^(open|scandir|opendir|stat|lstat|read|readlink|access)$/.test(syscall ?? '') ? 'used' : 'written';
  const [what, next] = cause;
  return {
    code: 'file-system',
    what: `${path}${purpose ? ` (for ${purpose})` : ''} can't be ${action}: ${what} (${code}).`,
    next: temporary ? `${next} TMPDIR chooses the folder for temporary files.` : next,
    cause: error,
  };
}
