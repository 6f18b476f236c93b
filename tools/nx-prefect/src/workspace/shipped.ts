/**
 * What of a flow's or lib's folder stays behind, once as the glob that Nx hashes by and once as the test that the build
 * ships by. Both sides of a row mean the same paths, relative to the project's root; shipped.spec.ts proves it with
 * Nx's own matcher.
 */
const LEFT_BEHIND: readonly (readonly [glob: string, pattern: RegExp])[] = [
  ['{README*,Dockerfile*,.dockerignore,project.json}', /^(?:(?:README|Dockerfile)[^/]*|\.dockerignore|project\.json)$/],
  ['**/{__pycache__,tests}/**', /(?:^|\/)(?:__pycache__|tests)\/./],
  ['**/{tests,test_*,*_test,conftest}.py', /(?:^|\/)(?:tests|test_[^/]*|[^/]*_test|conftest)\.py$/],
  ['prefect.yaml', /^prefect\.yaml$/],
];

const LEFT_BEHIND_PATTERN = new RegExp(LEFT_BEHIND.map(([, { source }]) => source).join('|'));
const TEST_PATTERN = /(?:^|\/)(?:tests|test_[^/]*|[^/]*_test)\.py$|(?:^|\/)tests\/.*\.py$/;

/** The same set for Nx: every file of the project but these. */
const SHIPPED_GLOBS: readonly string[] = [
  '{projectRoot}/**/*',
  ...LEFT_BEHIND.map(([glob]) => `!{projectRoot}/${glob}`),
];

/** What `build` hashes of a flow's own folder: a prefect.yaml doesn't ship, but it says what is built. */
export const BUILT_GLOBS = SHIPPED_GLOBS.slice(0, -1);

/** What ships is what `build` hashes without this. */
export const NOT_SHIPPED_GLOB = SHIPPED_GLOBS.at(-1)!;

/** Whether a file goes where the flow runs, and so counts for its digest. `path` is relative to its project's root. */
export function shipped(path: string): boolean {
  return !LEFT_BEHIND_PATTERN.test(path);
}

/** Whether pytest would collect from it. */
export function isTest(path: string): boolean {
  return TEST_PATTERN.test(path);
}
