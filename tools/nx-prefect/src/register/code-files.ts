import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../canonical';
import { FlowError } from '../errors';
import type { Code } from './code-store';

/**
 * Reads one file of a build and checks that it is what the manifest says.
 * @throws FlowError `build-damaged` when somebody changed the build, say another terminal that builds just now
 */
export async function readCodeFile(code: Code, path: string): Promise<Buffer> {
  const content = await readFile(join(code.folder, path)).catch(() => undefined);
  if (content && sha256(content) === code.files[path]) return content;
  throw new FlowError({
    code: 'build-damaged',
    file: path,
    what: 'The built copy of the file is not what the manifest says.',
    next: 'Run the command again; if it stays, add --skip-nx-cache.',
  });
}
