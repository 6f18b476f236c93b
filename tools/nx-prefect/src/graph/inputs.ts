import { dataFileInputs, SHIPPED } from '../workspace/data-files';
import { pluginInputs, type Inputs } from './environment-inputs';
import { LOCK_GLOB, parentOf } from '../workspace/locks/locks';
import { AT_TOP, escaped, looseInputs, REACHED, TEST_MODULES } from '../workspace/loose-inputs';
import type { LooseTestsOf } from '../workspace/loose-tests';
import { NAMED_BY, PREFECT_YAML } from '../workspace/prefect-yaml-files';
import { BUILT_GLOBS, NOT_SHIPPED_GLOB } from '../workspace/shipped';

/**
 * Names of the inputs that each flow's and lib's project defines, beside {@link SHIPPED}. `nx show target` shows them,
 * and a user's own targets can use them.
 */
const BUILT = 'built';
const TESTED = 'tested';
const LOCKED = 'locked';
/**
 * Parts of these inputs: the files of a folder that a build reads, and what Python runs with. Ten thousand projects
 * carry them, so each stands once.
 */
const OWN = 'ownFiles';
const RUNS_WITH = 'runsWith';
/** What Nx's hashes of a folder's files leave out. Not in {@link SHIPPED} itself, whose paths ship as they are. */
const HIDDEN = 'hidden';
/** Modules that would ship if they were there: when one is deleted, what imported it is affected. */
const MISSING = 'missing';
/** What `docker-deploy` builds from. */
export const IMAGE = 'image';

export interface InputsOf {
  /** Goes to the project's `namedInputs`: what ships, what a build or a test reads besides. */
  named(root: string, declared: Declared): Record<string, Inputs>;
}

/** What a project's options and its Python environment say that it reads. */
interface Declared {
  environmentVariables: readonly string[];
  /** Patterns of paths below the workspace root. */
  dataFiles?: readonly string[];
  /** What stands for the Python environment. */
  environment: Inputs;
  /** Of hidden-inputs.ts. */
  hidden?: Inputs;
  /** What ships file by file, what would if it were there, and the folders below which it ships at the top too. */
  reached?: readonly string[];
  missing?: readonly string[];
  sourceRoots?: readonly string[];
  /** Tests outside of its folder. */
  tests?: LooseTestsOf;
  /** More `prefect.yaml` files, as inputs. */
  namedBy?: Inputs;
}

const PYTEST_FILES = [
  'conftest.py',
  ...['pytest', '.pytest'].flatMap((name) => [`${name}.ini`, `${name}.toml`]),
  'pyproject.toml',
  'setup.cfg',
  'tox.ini',
];

/**
 * What `build` of a flow hashes: its own files, files of the projects that it imports, packages, and what is in no
 * file.
 */
export const BUILD_INPUTS: Inputs = [BUILT, `^${SHIPPED}`];

/**
 * `register` and `plan` have the lock file too. `nx affected` compares files and knows no Python packages, so without
 * the lock a bumped package would affect no flow. Both are not cached.
 */
export const REGISTER_INPUTS: Inputs = [...BUILD_INPUTS, LOCKED];

/** @param lockFolderOf the folder of the lock that governs a project, given its root */
export function createInputs(workspaceRoot: string, lockFolderOf: (root: string) => string | undefined): InputsOf {
  const plugin = pluginInputs(workspaceRoot);
  const made = new Map<Inputs, Map<string, Record<string, Inputs>>>();
  return {
    // One object for all projects with equal inputs: most flows differ by their folder only. Nx does not merge into
    // these arrays, as it does into those of `metadata`.
    named(root, declared) {
      const { environment, ...rest } = declared;
      let there = made.get(environment);
      if (!there) made.set(environment, (there = new Map()));
      // The files of a flow without a folder are named by its path.
      const key = JSON.stringify([root.endsWith('.py') ? root : parentOf(root), lockFolderOf(root), rest]);
      let inputs = there.get(key);
      if (!inputs) there.set(key, (inputs = namedInputs(root, declared)));
      return inputs;
    },
  };

  function namedInputs(
    root: string,
    {
      environmentVariables,
      dataFiles = [],
      environment,
      hidden = [],
      reached = [],
      missing = [],
      sourceRoots = [],
      tests = { modules: [], read: [] },
      namedBy = [],
    }: Declared,
  ): Record<string, Inputs> {
    const data = dataFileInputs(dataFiles);
    const parts = {
      [HIDDEN]: hidden,
      [REACHED]: looseInputs(reached),
      [AT_TOP]: reached.length > 0 || root.endsWith('.py') ? looseInputs(sourceRoots) : [],
      [MISSING]: missing.map((path) => `${escaped(path)}{.py,/__init__.py}`),
      [NAMED_BY]: namedBy,
      [TEST_MODULES]: looseInputs(tests.modules),
    };
    const given = Object.entries(parts).filter(([, inputs]) => inputs.length > 0);
    const besides = given.flatMap(([name]) => (name === HIDDEN || name === REACHED ? [name] : []));
    const declaring = given.flatMap(([name]) => (name === MISSING || name === NAMED_BY ? [name] : []));
    // Nx finds no file below a project that is a file.
    const own = root.endsWith('.py') ? [escaped(root)] : undefined;
    return {
      [OWN]: own ?? [...BUILT_GLOBS],
      ...Object.fromEntries(given),
      [SHIPPED]: [OWN, ...(own ? [] : [NOT_SHIPPED_GLOB]), ...besides, ...data],
      [BUILT]: [OWN, ...besides, ...data, ...declaring, `{workspaceRoot}/${PREFECT_YAML}`, RUNS_WITH],
      // As files, because imports of tests, and pytest, make no edges.
      [TESTED]: [
        ...(own ? [OWN] : ['{projectRoot}/**/*']),
        ...besides,
        ...data,
        ...(missing.length > 0 ? [MISSING] : []),
        ...(tests.modules.length > 0 ? [TEST_MODULES, ...inputsOfTests(tests)] : []),
        ...pytestFiles(root),
        LOCKED,
        RUNS_WITH,
      ],
      [LOCKED]: lockFiles(root, lockFolderOf(root)),
      // With an `^` input beside it, `externalDependencies` hashes the external nodes that edges reach; without it, all
      // of them.
      [RUNS_WITH]: [
        { externalDependencies: [] },
        ...environmentVariables.map((env) => ({ env })),
        ...plugin,
        ...environment,
      ],
    };
  }
}

/**
 * Lock files in the folders from above a project up to its lock. Those in its own folder are its files anyway. Every
 * kind of lock counts in each folder, since a lock that comes or goes changes which lock governs.
 */
function lockFiles(root: string, lockFolder = ''): string[] {
  const folders: string[] = [];
  for (let folder = root; folder !== lockFolder;) folders.push((folder = parentOf(folder)));
  return folders.map((folder) => `{workspaceRoot}/${folder && `${folder}/`}${LOCK_GLOB}`);
}

/** What tests elsewhere read besides. Nx takes `!(...)` in one pattern out of all others: each file is named. */
function inputsOfTests({ modules, read }: LooseTestsOf): string[] {
  const configured = modules.flatMap((test) => pytestFiles(test));
  return [...new Set([...looseInputs(read), ...configured])];
}

/** pytest reads these from the root and each folder on the way to a test. */
function pytestFiles(root: string): string[] {
  const folders = root.split('/').map((_, depth, parts) => parts.slice(0, depth).join('/'));
  return folders.map((folder) => `{workspaceRoot}/${folder && `${folder}/`}{${PYTEST_FILES.join(',')}}`);
}

/**
 * What `test` of a project hashes: all of its own files, the projects that it imports, and those that only its tests
 * import.
 *
 * @param testedProjects names of the projects that only tests import
 */
export function testInputs(testedProjects: readonly string[]): Inputs {
  const projects = [...testedProjects];
  if (projects.length === 0) return [TESTED, `^${SHIPPED}`];
  return [TESTED, `^${SHIPPED}`, { input: SHIPPED, projects }, { input: SHIPPED, projects, dependencies: true }];
}
