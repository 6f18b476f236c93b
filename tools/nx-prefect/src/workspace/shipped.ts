import { globPattern } from '../core/glob';
import { PREFECT_YAML } from './prefect-yaml-files';
import { LOADED_BY_TESTS_GLOB, TESTS_FOLDER } from './tests';

/**
 * The files of a flow's or lib's folder that do not ship, as globs relative to the project's root. Nx hashes by these
 * globs, and {@link shipped} decides by the patterns made of them; shipped.spec.ts proves with Nx's own matcher that
 * both mean the same files.
 */
const LEFT_BEHIND: readonly string[] = [
  '{README*,Dockerfile*,.dockerignore,project.json}',
  `**/{__pycache__,${TESTS_FOLDER}}/**`,
  `**/${LOADED_BY_TESTS_GLOB}`,
  PREFECT_YAML,
];

const LEFT_BEHIND_PATTERN = new RegExp(LEFT_BEHIND.map((glob) => globPattern(glob).source).join('|'), 's');

/** The same set for Nx: every file of the project but these. */
const SHIPPED_GLOBS: readonly string[] = ['{projectRoot}/**/*', ...LEFT_BEHIND.map((glob) => `!{projectRoot}/${glob}`)];

/** What `build` hashes of a flow's own folder: a prefect.yaml doesn't ship, but it says what is built. */
export const BUILT_GLOBS = SHIPPED_GLOBS.slice(0, -1);

/** What ships is what `build` hashes without this. */
export const NOT_SHIPPED_GLOB = SHIPPED_GLOBS.at(-1)!;

/** Whether a file goes where the flow runs, and so counts for its digest. `path` is relative to its project's root. */
export function shipped(path: string): boolean {
  return !LEFT_BEHIND_PATTERN.test(path);
}
