/**
 * Prints what stands for PATH's python3 in a task's hash: `python3.11 prefect-3.6.1`, or `no python3`. A program of its
 * own, a `runtime` input of the inferred targets; it starts Python only where links and folders don't tell (pyenv's
 * shims, say).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const ASK = 'import sys; print("python%d.%d" % sys.version_info[:2]); print("\\n".join(sys.path))';

/** `workspaceRoot`: a `.venv` there goes first, since a daemon may not have noticed yet that it came. */
export function fingerprint(path: string, workspaceRoot: string): string {
  return described(ofVenv(join(workspaceRoot, '.venv')) ?? ofPython(onPath(path)));
}

/** Of the option `python`: an interpreter, or the folder of a virtual environment. */
export function fingerprintOf(python: string): string {
  return described(ofVenv(python) ?? ofPython(python));
}

function ofPython(python: string | undefined): Environment | undefined {
  return python === undefined ? undefined : (ofVenv(dirname(dirname(python))) ?? asked(python));
}

function described(environment: Environment | undefined): string {
  if (!environment) return 'no python3';
  const { version, folders } = environment;
  const prefect = folders
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []))
    .find((name) => DIST_INFO.test(name));
  return `${version} ${prefect ? prefect.replace(/\.(dist|egg)-info$/, '') : 'no prefect'}`;
}

const DIST_INFO = /^prefect-[^-]+(?:-py[\d.]+)?\.(?:dist|egg)-info$/i;

interface Environment {
  version: string;
  /** Where packages lie, in the order of sys.path. */
  folders: string[];
}

function onPath(path: string): string | undefined {
  const names = process.platform === 'win32' ? ['python3.exe', 'python.exe'] : ['python3'];
  return path
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** An activated virtual environment that doesn't see the system's packages says all by its folders. */
function ofVenv(root: string): Environment | undefined {
  if (!existsSync(join(root, 'pyvenv.cfg'))) return undefined;
  const lib = join(root, 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => /^python\d+\.\d+$/.test(name)) : [];
  const [version] = versions;
  if (version === undefined || versions.length > 1) return undefined;
  return { version, folders: [join(lib, version, 'site-packages')] };
}

function asked(python: string): Environment {
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
