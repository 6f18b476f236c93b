import { environmentInputs, pluginInputs, type Inputs } from './environment';
import { BUILT_GLOBS, SHIPPED_GLOBS } from './shipped';

/** Names of the inputs that each flow's and lib's project defines; `nx show target` and a user's own targets can use them. */
export const SHIPPED = 'shipped';
export const BUILT = 'built';
export const TESTED = 'tested';

export interface InputsOf {
  /** Goes to the project's `namedInputs`: what ships, what a build or a test reads besides. `python` is the option of that name. */
  named(root: string, environmentVariables: readonly string[], python?: string): Record<string, Inputs>;
}

/** Files at the workspace root that say which packages are installed. */
const PACKAGES: Inputs = ['{workspaceRoot}/requirements*.txt', '{workspaceRoot}/uv.lock'];
const PYTEST_FILES = ['conftest.py', 'pytest.ini', 'pyproject.toml', 'setup.cfg', 'tox.ini'];

/** What counts for `build`, `register` and `plan` of a flow: its own files, those of what it imports, and what is not in files. */
export const BUILD_INPUTS: Inputs = [BUILT, `^${SHIPPED}`];

export function createInputs(workspaceRoot: string): InputsOf {
  const plugin = pluginInputs(workspaceRoot);
  const environmentOf = environmentInputs(workspaceRoot);
  return {
    named(root, environmentVariables, python) {
      const around: Inputs = [
        ...PACKAGES,
        // With an `^` input beside it, this hashes the external nodes that edges reach; without it, all of them.
        { externalDependencies: [] },
        ...environmentVariables.map((env) => ({ env })),
        ...plugin,
        ...environmentOf(root, python),
      ];
      return {
        [SHIPPED]: [...SHIPPED_GLOBS],
        [BUILT]: [...BUILT_GLOBS, '{workspaceRoot}/prefect.yaml', ...around],
        [TESTED]: ['{projectRoot}/**/*', ...pytestFiles(root), ...around],
      };
    },
  };
}

/** pytest reads these from the root and each folder on the way to a test. */
function pytestFiles(root: string): string[] {
  const folders = root.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
  return folders.map((folder) => `{workspaceRoot}/${folder && `${folder}/`}{${PYTEST_FILES.join(',')}}`);
}

/** What `test` of a project hashes: all of its own files, what it imports, and what only its tests import (projects by name). */
export function testInputs(testedProjects: readonly string[]): Inputs {
  const projects = [...testedProjects];
  if (projects.length === 0) return [TESTED, `^${SHIPPED}`];
  return [TESTED, `^${SHIPPED}`, { input: SHIPPED, projects }, { input: SHIPPED, projects, dependencies: true }];
}
