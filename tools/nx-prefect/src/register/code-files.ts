import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../canonical';
import { FlowError } from '../errors';
import type { Code } from './code-store';

/** Code as a build left it in a folder. */
export function codeIn(folder: string, { digest, files }: Pick<Code, 'digest' | 'files'>): Code {
  return {
    digest,
    files,
    read: async (path) => {
      const content = await readFile(join(folder, path)).catch(() => undefined);
      if (content && sha256(content) === files[path]) return content;
      throw damaged(path);
    },
  };
}

/** Somebody changed the build, say another terminal that builds just now. */
function damaged(file: string): FlowError {
  return new FlowError({
    code: 'build-damaged',
    file,
    what: 'The built copy of the file is not what the manifest says.',
    next: 'Run the command again; if it stays, add --skip-nx-cache.',
  });
}
