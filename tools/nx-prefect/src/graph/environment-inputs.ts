import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, resolve } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { PACKAGE_ROOT } from '../core/package-root';
import { isVirtualEnvironment, VENV, versionFolders } from '../workspace/python-interpreters';

export type Inputs = NonNullable<TargetConfiguration['inputs']>;

export const PLUGIN_VERSION: string = (require(join(PACKAGE_ROOT, 'package.json')) as { version: string }).version;

/**
 * Inputs that stand for this plugin: what it writes changes with its code. A plugin that lies in the workspace is
 * hashed file by file, straight from disk, since git ignores its dist; an installed one by its package.json.
 */
export function pluginInputs(workspaceRoot: string, packageRoot = PACKAGE_ROOT): Inputs {
  const root = insideWorkspace(workspaceRoot, packageRoot);
  // A path that isn't there takes part in the hash by its name: a package from outside of the workspace counts by its
  // version.
  if (root === undefined) return [fromDisk(`node_modules/.nx-prefect@${PLUGIN_VERSION}`)];
  if (root.split('/').includes('node_modules')) return [fromDisk(`${root}/package.json`)];
  return [fromDisk(`${root}/dist/**/*.js`), fromDisk(`${root}/python/**/*.py`)];
}

/**
 * Inputs that stand for the Python of a project, which python-environment.ts finds: what the option `python` names,
 * else the nearest `.venv`, else PATH's python3. They tell Python's minor version and Prefect's whole version. No
 * absolute path is in them, so clones and machines share a cache.
 */
export function environmentInputs(workspaceRoot: string): (root: string, python?: string) => Inputs {
  const found = new Map<string, Inputs>();
  const inputsOf = (folder: string): Inputs => {
    const known = found.get(folder);
    if (known) return known;
    const inputs =
      venvInputs(workspaceRoot, folder === '.' ? VENV : `${folder}/${VENV}`) ??
      (folder === '.' ? pathInputs(workspaceRoot) : inputsOf(posix.dirname(folder)));
    found.set(folder, inputs);
    return inputs;
  };
  const named = new Map<string, Inputs>();
  return (root, python) => {
    if (python === undefined) return inputsOf(root);
    let inputs = named.get(python);
    if (!inputs) named.set(python, (inputs = inputsOfOption(workspaceRoot, python)));
    return inputs;
  };
}

/**
 * A virtual environment in the workspace is read from disk; an interpreter elsewhere is asked through the fingerprint
 * program.
 */
function inputsOfOption(workspaceRoot: string, python: string): Inputs {
  const environment = resolve(workspaceRoot, python).replace(/[\\/](bin|Scripts)[\\/]python[^\\/]*$/, '');
  const below = relative(workspaceRoot, environment).replaceAll('\\', '/');
  const inside = !below.startsWith('..') && !isAbsolute(below) && isVirtualEnvironment(environment);
  return (inside ? venvInputs(workspaceRoot, below) : undefined) ?? pathInputs(workspaceRoot, python);
}

function venvInputs(workspaceRoot: string, venv: string): Inputs | undefined {
  if (!existsSync(`${workspaceRoot}/${venv}`)) return undefined;
  // The folder with Python's version in its name is looked up here: with a wildcard in it Nx would walk all of the
  // .venv.
  const pythons = versionFolders(join(workspaceRoot, venv));
  const sitePackages =
    pythons.length > 0 ? pythons.map((name) => `${venv}/lib/${name}/site-packages`) : [`${venv}/Lib/site-packages`];
  return sitePackages.map((path) => fromDisk(`${path}/prefect-*.dist-info/METADATA`));
}

/**
 * Nx runs it once for all tasks of a run and hashes what it prints, in the user's environment: a daemon that was
 * started before another environment was activated would answer with its own PATH.
 */
function pathInputs(workspaceRoot: string, ...python: string[]): Inputs {
  const script = join(__dirname, 'environment-fingerprint.js');
  const inside = relative(realpathSync(workspaceRoot), realpathSync(dirname(script)));
  const path = inside.startsWith('..') || isAbsolute(inside) ? script : join(inside, 'environment-fingerprint.js');
  return [
    { runtime: ['node', ...[path, ...python].map((word) => JSON.stringify(word.replaceAll('\\', '/')))].join(' ') },
  ];
}

function fromDisk(path: string): Inputs[number] {
  return { fileset: `{workspaceRoot}/${path}`, includeIgnored: true };
}

/** The path below the workspace root, with forward slashes, whether or not links lead there. */
function insideWorkspace(workspaceRoot: string, path: string): string | undefined {
  const below = relative(realpathSync(workspaceRoot), realpathSync(path));
  return below.startsWith('..') || isAbsolute(below) ? undefined : below.replaceAll('\\', '/');
}
