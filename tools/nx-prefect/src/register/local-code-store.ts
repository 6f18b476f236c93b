import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCodeFile } from './code-files';
import type { Code, CodeStore } from './code-store';

/** For a server and workers on this machine: `.prefect-code/<digest>/` in the workspace, which git ignores. */
export class LocalCodeStore implements CodeStore {
  readonly #folder: string;

  constructor(workspaceRoot: string) {
    this.#folder = join(workspaceRoot, '.prefect-code');
  }

  async present(): Promise<ReadonlySet<string>> {
    return new Set(await readdir(this.#folder).catch(() => []));
  }

  async put(code: Code): Promise<void> {
    const target = join(this.#folder, code.digest);
    const staging = join(this.#folder, `.${code.digest}-${process.pid}`);
    await rm(staging, { recursive: true, force: true });
    for (const path of Object.keys(code.files)) {
      const content = await readCodeFile(code, path);
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), content);
    }
    await rename(staging, target).catch(async (error: NodeJS.ErrnoException) => {
      // Another run was faster; the same digest is the same content.
      await rm(staging, { recursive: true, force: true });
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  }

  pullSteps(digest: string): Record<string, unknown>[] {
    return [{ 'prefect.deployments.steps.set_working_directory': { directory: join(this.#folder, digest) } }];
  }
}
