import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readShipped } from '../workspace/read-shipped';
import type { ShippedFile } from '../workspace/shipment';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import type { Code } from './code-store';

type Contents = Pick<Code, 'digest' | 'files' | 'shipped'>;

/** Code that a build left in a folder. */
export function codeIn(folder: string, code: Contents): Code {
  return verified(
    code,
    (path) => readFile(join(folder, path)),
    (file) =>
      new FlowError({
        code: 'build-damaged',
        file,
        // Say another terminal that builds just now.
        what: 'The built file is not what the manifest says.',
        next: 'Run the command again. If the error stays, add --skip-nx-cache.',
      }),
  );
}

/**
 * Code that ships as it lies in the workspace. A build keeps no copy of it: Nx would write nine files and their folders
 * again for each flow of a run in which nothing changed, which took half of its time.
 */
export function codeOf(workspaceRoot: string, shipped: readonly ShippedFile[], code: Contents): Code {
  const sourceOf = (path: string) => shipped.find(({ to }) => to === path)?.from ?? path;
  const read = async (path: string) => readShipped(workspaceRoot, sourceOf(path)).content;
  return verified(
    { ...code, shipped },
    read,
    (path) =>
      new FlowError({
        code: 'source-changed',
        file: sourceOf(path),
        what: 'The file changed after the flow was built, before it was registered.',
        next: 'Run the command again.',
      }),
  );
}

function verified(code: Contents, read: (path: string) => Promise<Buffer>, other: (path: string) => FlowError): Code {
  return {
    ...code,
    read: async (path) => {
      const content = await read(path).catch(() => undefined);
      if (content && sha256(content) === code.files[path]) return content;
      throw other(path);
    },
  };
}
