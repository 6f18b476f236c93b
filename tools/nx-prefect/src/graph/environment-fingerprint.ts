/**
 * Prints what stands for PATH's Python in a task's hash: `python3.11 prefect-3.6.1`, or `no python3`. Nx runs this file
 * as a program, a `runtime` input of the inferred targets, so its imports must load fast. Python itself is started only
 * where links and folders don't tell, for example behind the shims of pyenv.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  environmentOf,
  isVirtualEnvironment,
  pythonOnPath,
  VENV,
  versionFolders,
} from '../workspace/python-interpreters';

const ASK = 'import sys; print("python%d.%d" % sys.version_info[:2]); print("\\n".join(sys.path))';

/** `workspaceRoot`: a `.venv` there goes first, since a daemon may not have noticed yet that it came. */
export function fingerprint(path: string, workspaceRoot: string): string {
  return textOf(ofVenv(join(workspaceRoot, VENV)) ?? ofPython(pythonOnPath(path)));
}

/** Of the option `python`: an interpreter, or the folder of a virtual environment. */
export function fingerprintOf(python: string): string {
  return textOf(ofVenv(python) ?? ofPython(python));
}

function ofPython(python: string | undefined): Installed | undefined {
  return python === undefined ? undefined : (ofVenv(environmentOf(python)) ?? asked(python));
}

function textOf(environment: Installed | undefined): string {
  if (!environment) return 'no python3';
  const { version, folders } = environment;
  const prefect = folders
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .find((name) => DIST_INFO.test(name));
  return `${version} ${prefect ? prefect.replace(/\.(dist|egg)-info$/, '') : 'no prefect'}`;
}

const DIST_INFO = /^prefect-[^-]+(?:-py[\d.]+)?\.(?:dist|egg)-info$/i;

interface Installed {
  version: string;
  /** Where packages lie, in the order of sys.path. */
  folders: string[];
}

/** A virtual environment that does not see the system's packages is described by its folders alone. */
function ofVenv(root: string): Installed | undefined {
  if (!isVirtualEnvironment(root)) return undefined;
  const versions = versionFolders(root).filter((name) => /^python\d+\.\d+$/.test(name));
  const [version] = versions;
  if (version === undefined || versions.length > 1) return undefined;
  return { version, folders: [join(root, 'lib', version, 'site-packages')] };
}

function asked(python: string): Installed {
  try {
    const [version = '', ...folders] = execFileSync(python, ['-c', ASK], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\r?\n/);
    return { version, folders };
  } catch {
    return { version: 'broken python3', folders: [] };
  }
}

if (require.main === module) {
  const [, , python] = process.argv;
  process.stdout.write(`${python ? fingerprintOf(python) : fingerprint(process.env['PATH'] ?? '', process.cwd())}\n`);
}
