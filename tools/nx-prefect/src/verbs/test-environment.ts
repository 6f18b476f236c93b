import { delimiter, join } from 'node:path';
import type { ExecutorContext, ProjectConfiguration } from '@nx/devkit';
import { PACKAGE_ROOT } from '../core/package-root';
import { folderOf, isFile } from '../workspace/flow-places';
import { searchPathsOf } from '../workspace/lib-modules';
import { looseOf } from '../workspace/loose-inputs';

/** A plugin of pytest, as a module: see there. */
export const PYTEST_PLUGIN = 'nx_prefect_pytest';

/**
 * Where Python looks for modules, as where the flow runs: the flow's folder, the shared packages, the repository's
 * root. A flow without a folder looks at the root first, then in source roots.
 *
 * @param roots folders of the shared packages, relative to the workspace root
 */
export function searchPath(
  workspaceRoot: string,
  { root, namedInputs }: Pick<ProjectConfiguration, 'root' | 'namedInputs'>,
  roots: readonly string[],
): string {
  const absolute = (folder: string) => join(workspaceRoot, folder);
  const libs = roots.flatMap((each) => searchPathsOf(workspaceRoot, each));
  const places = isFile(root) ? ['.', ...looseOf({ namedInputs }).sourceRoots, ...libs] : [...libs, '.'];
  const folders = [...new Set([folderOf(root), ...places])].map(absolute);
  return [...folders, join(PACKAGE_ROOT, 'python')].join(delimiter);
}

/** Folders of the shared packages, relative to the workspace root. */
export function libRoots({ projectGraph }: Pick<ExecutorContext, 'projectGraph'>): string[] {
  return Object.values(projectGraph.nodes)
    .filter(({ data }) => data.tags?.includes('type:lib'))
    .map(({ data }) => data.root);
}

/**
 * The environment of a test run: none of the user's own Prefect settings (a test must not reach a real server), a home
 * of its own, and a temporary server where a test runs a whole flow.
 */
export function testEnvironment(inherited: NodeJS.ProcessEnv, python: string, prefectHome: string): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(
    ([name]) => !/^PREFECT_|^PYTHON(HOME|PATH|SAFEPATH)$|^FORCE_COLOR$/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    PYTHONPATH: python,
    PYTHONDONTWRITEBYTECODE: '1',
    PREFECT_HOME: prefectHome,
    PREFECT_SERVER_ALLOW_EPHEMERAL_MODE: 'true',
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    DO_NOT_TRACK: '1',
    // Nx shows the output as text, where colours are escaped as everything that a terminal would obey.
    NO_COLOR: '1',
    PY_COLORS: '0',
  };
}
