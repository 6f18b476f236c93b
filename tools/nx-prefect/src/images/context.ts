import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import ignore from '@balena/dockerignore';
import { Lanes } from '../core/lanes';
import { patternsOf } from './ignore-file';

/** One file of a build context, by what an image can tell of it. */
export interface ContextFile {
  /** Relative to the context, with forward slashes. */
  path: string;
  /** Read and execute bits in octal. The write bits differ from one umask to another, and from one clone to another. */
  mode: string;
  /** SHA-256 of the content, or `-> target` of a symbolic link. */
  content: string;
}

export interface ContextListing {
  /** Sorted by path. */
  files: ContextFile[];
  /** Bytes. */
  size: number;
}

/** Git and Nx write here while a run goes on: counted in, every run would be another image. */
const NEVER_COUNTED = ['.git', '.nx'];
const READS_AT_ONCE = 16;

/**
 * What the engine gets to see of a folder. Folders do not count by themselves: git knows no empty ones, so a clone
 * lacks them.
 *
 * @param folder absolute
 * @param ignoreText content of the ignore file that governs
 * @param outputs paths below the folder that this plugin itself writes
 */
export async function listContext(
  folder: string,
  ignoreText: string,
  outputs: readonly string[] = [],
): Promise<ContextListing> {
  const patterns = patternsOf(ignoreText);
  const ignored = ignore().add(patterns);
  const kept = patterns.flatMap((pattern) => (pattern.startsWith('!') ? [pattern.slice(1)] : []));
  const skipped = new Set([...NEVER_COUNTED, ...outputs]);
  const lanes = new Lanes(READS_AT_ONCE);
  const reads: Promise<ContextFile>[] = [];
  let size = 0;

  const walk = (below: string) => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (skipped.has(path)) continue;
      if (entry.isDirectory()) {
        if (!ignored.ignores(path) || kept.some((pattern) => mayReach(pattern, path))) walk(path);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !ignored.ignores(path)) {
        const { mode, size: bytes } = lstatSync(join(folder, path));
        size += bytes;
        reads.push(lanes.run(() => readEntry(folder, path, entry, mode)));
      }
    }
  };
  walk('');
  const files = await Promise.all(reads);
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), size };
}

async function readEntry(folder: string, path: string, entry: Dirent, mode: number): Promise<ContextFile> {
  if (entry.isSymbolicLink()) return { path, mode: '', content: `-> ${readlinkSync(join(folder, path))}` };
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(folder, path)), hash);
  return { path, mode: (mode & 0o555).toString(8), content: hash.digest('hex') };
}

/**
 * Whether an exception `!pattern` may bring something back from an ignored folder: without it, node_modules need not be
 * walked.
 */
export function mayReach(pattern: string, folder: string): boolean {
  const wanted = pattern.split('/');
  for (const [at, segment] of folder.split('/').entries()) {
    const word = wanted[at];
    if (word === undefined || word.includes('**')) return true;
    if (!/[*?[\\]/.test(word) && word !== segment) return false;
  }
  return true;
}
