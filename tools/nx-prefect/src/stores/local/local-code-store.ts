import { chmod, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../core/canonical';
import { isAlive } from '../../core/process';
import { readTextIfThere } from '../../core/read-file';
import type { Code, CodeStore, Delivery, KeptBuilds, StoredFlow, StoreKind } from '../code-store';
import { isFolder, makeRealFolders, strangers, wrongFiles } from './stored-folder';
import { writeWholeLater } from '../../core/write-file';

const FOLDER = '.prefect-code';
const BUILDS = 'builds';
const SET_FOLDER = 'prefect.deployments.steps.set_working_directory';

/** For a server and workers on this machine: `.prefect-code/<digest>/` in the workspace, which git ignores. */
export class LocalCodeStore implements CodeStore {
  readonly isLocal = true;
  /** For going back to an earlier source. */
  readonly builds: KeptBuilds = {
    isLocal: true,
    take: async (sourceDigest) => readTextIfThere(this.#buildPath(sourceDigest)),
    put: async (sourceDigest, text) => {
      const staging = join(this.#folder, stagingName(sourceDigest, process.pid));
      await mkdir(join(this.#folder, BUILDS), { recursive: true });
      await writeWholeLater(staging, text);
      await rename(staging, this.#buildPath(sourceDigest));
    },
  };
  readonly #folder: string;
  #swept: Promise<void> | undefined;

  constructor(workspaceRoot: string) {
    this.#folder = join(workspaceRoot, FOLDER);
  }

  /**
   * Reads each file: runs have the folder as their working directory, and may have changed it. What they leave beside
   * the files does not matter, unless Python could load it.
   */
  async holds(code: Code): Promise<boolean> {
    await (this.#swept ??= this.#sweep());
    const folder = join(this.#folder, code.digest);
    const files = code.varies ? await this.#record(code.digest) : code.files;
    if (!files || !(await isFolder(folder))) return false;
    const [wrong, loadable] = await Promise.all([wrongFiles(folder, files), strangers(folder, files)]);
    return wrong.length + loadable.length === 0;
  }

  /** Puts the whole folder there at once; or, where there is one, each file that is not as it should be. */
  async put(code: Code): Promise<void> {
    const target = join(this.#folder, code.digest);
    const staging = join(this.#folder, stagingName(code.digest, process.pid));
    try {
      if (code.varies) await this.#writeRecord(code);
      if (await isFolder(target)) return await heal(target, code, staging);
      await writeFiles(staging, code, Object.keys(code.files));
      // A link or a file in its place.
      await rm(target, { force: true });
      await rename(staging, target).catch(async (error: NodeJS.ErrnoException) => {
        // Another run was faster. Windows says EPERM.
        if (!['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code ?? '')) throw error;
        await heal(target, code, staging);
      });
    } finally {
      await rm(staging, { recursive: true, force: true });
    }
  }

  async delivery({ digest }: Pick<Code, 'digest'>): Promise<Delivery> {
    return { pullSteps: [{ [SET_FOLDER]: { directory: join(this.#folder, digest) } }] };
  }

  /** `Local(path, stored_as_script=True)`, as `prefect.serialization` of 0.15.13 and 1.4.1 writes it. */
  storage(digest: string, file: string, { name, prefect }: StoredFlow): Record<string, unknown> {
    const directory = join(this.#folder, digest);
    const path = join(directory, file);
    return {
      type: 'Local',
      __version__: prefect,
      directory,
      path,
      flows: { [name]: path },
      stored_as_script: true,
      secrets: [],
    };
  }

  /** Digests of the files that were put there, where the build at hand may have others. */
  async #record(digest: string): Promise<Record<string, string> | undefined> {
    const text = await readFile(this.#recordPath(digest), 'utf8').catch(() => '{}');
    const { success, data } = recordSchema.safeParse(parsed(text));
    return success ? data : undefined;
  }

  async #writeRecord({ digest, files }: Code): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await rm(this.#recordPath(digest), { force: true });
    await writeWholeLater(this.#recordPath(digest), canonicalJson(files));
  }

  #buildPath(sourceDigest: string): string {
    return join(this.#folder, BUILDS, `${sourceDigest}.json`);
  }

  #recordPath(digest: string): string {
    return join(this.#folder, `${digest}.json`);
  }

  async #sweep(): Promise<void> {
    const entries = await readdir(this.#folder).catch(() => []);
    await Promise.all(
      entries.filter(isLeftBehind).map((entry) => rm(join(this.#folder, entry), { recursive: true, force: true })),
    );
  }
}

export const localStores: StoreKind = {
  scheme: 'local',
  open: (_place, { workspaceRoot }) => new LocalCodeStore(workspaceRoot),
};

/** The local store that serves a folder of code, however old; undefined for any other folder. */
export function localStoreOf(directory: unknown): string | undefined {
  return typeof directory === 'string' ? /^(.*[\\/]\.prefect-code)[\\/][0-9a-f]{64}$/.exec(directory)?.[1] : undefined;
}

/** The local store that a Prefect 3 deployment is served from. */
export function localStoreOfSteps(steps: readonly Record<string, unknown>[] | null): string | undefined {
  const found = steps?.find((step) => SET_FOLDER in step)?.[SET_FOLDER] as { directory?: unknown } | undefined;
  return localStoreOf(found?.directory);
}

/** Each file is whole or as it was before, at any moment: runs may be reading. */
async function heal(target: string, code: Code, staging: string): Promise<void> {
  const wrong = await wrongFiles(target, code.files);
  await writeFiles(staging, code, wrong);
  for (const path of await strangers(target, code.files, true))
    await rm(join(target, path), { recursive: true, force: true });
  for (const path of wrong) {
    await makeRealFolders(target, path);
    await rename(join(staging, path), join(target, path)).catch(async () => {
      // A folder in the file's place.
      await rm(join(target, path), { recursive: true, force: true });
      await rename(join(staging, path), join(target, path));
    });
  }
}

async function writeFiles(staging: string, code: Code, paths: readonly string[]): Promise<void> {
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  for (const path of paths) {
    const content = await code.read(path);
    const file = join(staging, path);
    await mkdir(dirname(file), { recursive: true });
    await writeWholeLater(file, content);
    // So that a run can't write into it by mistake; folders stay writable, for a flow may write beside.
    await chmod(file, 0o444);
  }
}

const recordSchema = z.record(z.string(), z.string()).refine((files) => Object.keys(files).length > 0);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stagingName(digest: string, pid: number): string {
  return `.${digest}-${pid}`;
}

/** A staging folder of a run that was killed. */
function isLeftBehind(entry: string): boolean {
  const pid = /^\.[0-9a-f]+-(\d+)$/.exec(entry)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}
