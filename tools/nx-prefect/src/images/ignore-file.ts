import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { nameOf } from './file-names';

/** Which file says what of the context stays out, and what it says. */
export interface IgnoreFile {
  /** Relative to the workspace root. */
  file: string;
  text: string;
  /** Whether it is `<Dockerfile>.dockerignore`, which of docker's builders only BuildKit reads. */
  isOwn: boolean;
}

/** `<Dockerfile>.dockerignore` stands above `.dockerignore`, as for BuildKit. */
export function findIgnoreFile(workspaceRoot: string, dockerfile: string, context: string): IgnoreFile | undefined {
  const own = `${dockerfile}.dockerignore`;
  const file = [own, posix.join(context, '.dockerignore')].find((path) => existsSync(join(workspaceRoot, path)));
  return file === undefined
    ? undefined
    : { file, text: nameOf(readFileSync(join(workspaceRoot, file))), isOwn: file === own };
}

/** The patterns in order, without comments and empty lines, cleaned as docker cleans them: `./a//b/` is `a/b`. */
export function patternsOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => /^(!?)\s*(.*)$/.exec(line.trim())!)
    .filter(([, , path]) => path !== '')
    .map(([, exception = '', path = '']) => `${exception}${posix.normalize(path).replace(/^\/+|\/+$/g, '')}`)
    .filter((pattern) => !['', '!', '.', '!.'].includes(pattern));
}
