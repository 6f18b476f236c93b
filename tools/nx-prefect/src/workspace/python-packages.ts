import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentOf, interpreterOf, isVirtualEnvironment, versionFolders } from './python-interpreters';

/** Where an environment keeps its packages. */
export interface PackageFolders {
  /** `python3.11` */
  version: string;
  /** In the order of sys.path. */
  folders: string[];
}

const ASK = 'import sys; print("python%d.%d" % sys.version_info[:2]); print("\\n".join(sys.path))';

/**
 * Of an interpreter, or of the folder of a virtual environment. Python itself is started only where links and folders
 * don't tell, for example behind the shims of pyenv.
 */
export function packageFolders(python: string): PackageFolders {
  return ofVenv(python) ?? ofVenv(environmentOf(python)) ?? asked(interpreterOf(python) ?? python);
}

/** A virtual environment that does not see the system's packages is described by its folders alone. */
function ofVenv(root: string): PackageFolders | undefined {
  if (!isVirtualEnvironment(root) || seesSystem(root)) return undefined;
  const versions = versionFolders(root).filter((name) => /^python\d+\.\d+$/.test(name));
  const [version] = versions;
  if (version === undefined || versions.length > 1) return undefined;
  return { version, folders: [join(root, 'lib', version, 'site-packages')] };
}

function seesSystem(root: string): boolean {
  return /^include-system-site-packages\s*=\s*true/im.test(readFileSync(join(root, 'pyvenv.cfg'), 'utf8'));
}

/** As the worker is started: without the packages of the user's home. */
function asked(python: string): PackageFolders {
  try {
    const [version = '', ...folders] = execFileSync(python, ['-s', '-c', ASK], {
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

/** Names of the folders that describe a package each: `six-1.17.0.dist-info`, the first of each folder first. */
export function packageEntries({ folders }: PackageFolders): { folder: string; name: string; version: string }[] {
  return folders.filter(existsSync).flatMap((at) =>
    readdirSync(at)
      .sort()
      .flatMap((entry) => {
        const [, name, version] = ENTRY.exec(entry) ?? [];
        return name && version ? [{ folder: join(at, entry), name, version }] : [];
      }),
  );
}

const ENTRY = /^(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info$/i;
