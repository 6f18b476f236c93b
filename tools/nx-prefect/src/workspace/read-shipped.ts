import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { FlowError, type Place } from '../core/errors';
import { shippedContent } from './shipped-content';

/** A file as it ships. */
export interface ShippedBytes {
  content: Buffer;
  /** Where it lies once all links are followed, relative to the workspace root. */
  realPath: string;
}

export interface ReadOptions {
  /** Nx project, for errors. */
  flow?: string | undefined;
  /** Files that git tracks or does not ignore: a link may point to these alone. Absent = that was checked before. */
  known?: ReadonlySet<string> | undefined;
}

/**
 * Reads what ships: for the build, the source digest and the code stores. Links are followed, also those among the
 * folders above, as long as they stay in the workspace. Nothing from outside of it is ever read.
 * @param file relative to the workspace root
 * @throws FlowError `link-outside`, `link-broken`, `link-ignored`, `not-a-file`, or `source-vanished`
 */
export function readShipped(workspaceRoot: string, file: string, options: ReadOptions = {}): ShippedBytes {
  const place: Place = { file, ...(options.flow === undefined ? {} : { flow: options.flow }) };
  const realPath = realPathOf(workspaceRoot, file, place);
  if (realPath !== file && options.known && !options.known.has(realPath)) throw unknownTarget(realPath, place);
  return { content: shippedContent(file, readRegular(join(workspaceRoot, realPath), place)), realPath };
}

/** The same, of a file that may be gone: undefined where it can't ship as it is now. */
export function readIfShippable(workspaceRoot: string, file: string): Buffer | undefined {
  try {
    return readShipped(workspaceRoot, file).content;
  } catch (error) {
    if (error instanceof FlowError) return undefined;
    throw error;
  }
}

/** Where a path leads, relative to the workspace root with slashes; undefined for nowhere, and for outside. */
export function realPathInside(workspaceRoot: string, file: string): string | undefined {
  try {
    return inside(workspaceRoot, realpathSync.native(join(workspaceRoot, file)));
  } catch {
    return undefined;
  }
}

function realPathOf(workspaceRoot: string, file: string, place: Place): string {
  let real: string;
  try {
    real = realpathSync.native(join(workspaceRoot, file));
  } catch (cause) {
    throw isLink(join(workspaceRoot, file)) ? broken(place, cause) : vanished(place, cause);
  }
  const realPath = inside(workspaceRoot, real);
  if (realPath !== undefined) return realPath;
  throw new FlowError({
    ...place,
    code: 'link-outside',
    what: 'A link leads to this file out of the workspace, so it does not ship.',
    next: 'Put a copy of the file there, or remove the link.',
  });
}

function inside(workspaceRoot: string, real: string): string | undefined {
  const path = relative(realRoot(workspaceRoot), real);
  return isAbsolute(path) || path === '..' || path.startsWith(`..${sep}`) ? undefined : path.replaceAll(sep, '/');
}

const realRoots = new Map<string, string>();

/** A workspace does not move while it is worked on. */
function realRoot(workspaceRoot: string): string {
  let real = realRoots.get(workspaceRoot);
  if (real === undefined) realRoots.set(workspaceRoot, (real = realpathSync.native(workspaceRoot)));
  return real;
}

/** Opened without waiting: a FIFO would wait for its writer for good. */
function readRegular(path: string, place: Place): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    // A socket can't be opened.
    throw (cause as NodeJS.ErrnoException).code === 'ENXIO' ? notAFile(place) : vanished(place, cause);
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw notAFile(place);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function unknownTarget(realPath: string, place: Place): FlowError {
  return new FlowError({
    ...place,
    code: 'link-ignored',
    what: `The file is a link to ${realPath || 'the workspace itself'}, and git neither tracks that nor would add it.`,
    next: 'Let git track what the link points to, put a copy there, or remove the link.',
  });
}

function notAFile(place: Place): FlowError {
  return new FlowError({
    ...place,
    code: 'not-a-file',
    what: 'This is a folder, a pipe, a socket or a device, and only files ship.',
    next: 'Take it out of the folder.',
  });
}

function broken(place: Place, cause: unknown): FlowError {
  return new FlowError({
    ...place,
    code: 'link-broken',
    what: 'The link points to nothing, or in a circle.',
    next: 'Point it to a file of the workspace, or remove it.',
    cause,
  });
}

function vanished(place: Place, cause: unknown): FlowError {
  return new FlowError({
    ...place,
    code: 'source-vanished',
    what: 'The file was listed and can no longer be read.',
    next: 'Run the command again.',
    cause,
  });
}
