import { createHash } from 'node:crypto';
import { constants, createReadStream, type Stats, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Lanes } from '../core/lanes';
import { nameOf } from './file-names';
import { patternsOf } from './ignore-file';
import { IgnoreRules } from './ignore-rules';

/** One file or folder of a build context, by what an image can tell of it. */
export interface ContextFile {
  /** Relative to the context, with forward slashes. */
  path: string;
  /** Permissions in octal, also those to write: the image has them. Empty for a link, which has none of its own. */
  mode: string;
  /** SHA-256 of the content, `-> target` of a symbolic link, `folder`, or the kind of a file that is special. */
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
 * What the engine gets to see of a folder: files, and folders too, since a `COPY` takes over their permissions, and
 * makes the empty ones.
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
  const rules = new IgnoreRules(patternsOf(ignoreText));
  const skipped = new Set([...NEVER_COUNTED, ...outputs]);
  const lanes = new Lanes(READS_AT_ONCE);
  const reads: Promise<ContextFile>[] = [];
  let size = 0;

  const walk = (at: Buffer, below: string, isStrict: boolean): boolean => {
    let isAny = false;
    for (const entry of readdirSync(at, { encoding: 'buffer' })) {
      const path = below === '' ? nameOf(entry) : `${below}/${nameOf(entry)}`;
      if (skipped.has(path)) continue;
      const file = Buffer.concat([at, SLASH, entry]);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      // It went meanwhile: where the engine saw it, the context is another one after the build.
      if (!stats) continue;
      const isHidden = rules.hides(path, isStrict);
      // A folder of outputs alone comes with the first deploy, and is not in a clone.
      let counts = !isHidden && !stats.isSocket() && !outputs.some((output) => output.startsWith(`${path}/`));
      if (stats.isDirectory() && (!isHidden || rules.mayReach(path)))
        counts = walk(file, path, isStrict || (isHidden && rules.names(path))) || counts;
      if (!counts) continue;
      isAny = true;
      if (stats.isFile()) size += stats.size;
      reads.push(lanes.run(async () => ({ path, mode: modeOf(stats), content: await contentOf(file, stats) })));
    }
    return isAny;
  };
  walk(Buffer.from(folder), '', false);
  const files = await Promise.all(reads);
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), size };
}

const SLASH = Buffer.from('/');

function modeOf(stats: Stats): string {
  return stats.isSymbolicLink() ? '' : (stats.mode & 0o7777).toString(8);
}

async function contentOf(file: Buffer, stats: Stats): Promise<string> {
  if (stats.isSymbolicLink()) return `-> ${nameOf(readlinkSync(file, { encoding: 'buffer' }))}`;
  if (stats.isDirectory()) return 'folder';
  if (!stats.isFile()) return `special ${stats.mode & constants.S_IFMT} ${stats.rdev}`;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
