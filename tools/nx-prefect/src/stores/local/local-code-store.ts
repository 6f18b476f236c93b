import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive } from '../../core/process';
import type { Code, CodeStore, PullStep, StoredFlow, StoreKind } from '../code-store';

/** For a server and workers on this machine: `.prefect-code/<digest>/` in the workspace, which git ignores. */
export class LocalCodeStore implements CodeStore {
  readonly isLocal = true;
  readonly #folder: string;

  constructor(workspaceRoot: string) {
    this.#folder = join(workspaceRoot, '.prefect-code');
  }

  async present(): Promise<ReadonlySet<string>> {
    const entries = await readdir(this.#folder).catch(() => []);
    await Promise.all(
      entries.filter(isLeftBehind).map((entry) => rm(join(this.#folder, entry), { recursive: true, force: true })),
    );
    return new Set(entries);
  }

  async put(code: Code): Promise<void> {
    const target = join(this.#folder, code.digest);
    const staging = join(this.#folder, stagingName(code.digest, process.pid));
    await rm(staging, { recursive: true, force: true });
    for (const path of Object.keys(code.files)) {
      const content = await code.read(path);
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), content);
    }
    await rename(staging, target).catch(async (error: NodeJS.ErrnoException) => {
      // Another run was faster; the same digest is the same content.
      await rm(staging, { recursive: true, force: true });
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  }

  pullSteps(digest: string): PullStep[] {
    return [{ 'prefect.deployments.steps.set_working_directory': { directory: join(this.#folder, digest) } }];
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
}

export const localStores: StoreKind = {
  scheme: 'local',
  open: (_place, { workspaceRoot }) => new LocalCodeStore(workspaceRoot),
};

function stagingName(digest: string, pid: number): string {
  return `.${digest}-${pid}`;
}

/** A staging folder of a run that was killed. */
function isLeftBehind(entry: string): boolean {
  const pid = /^\.[0-9a-f]+-(\d+)$/.exec(entry)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}
