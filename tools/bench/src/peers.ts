import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { GaveUp } from './measure';
import { PEERS } from './paths';

/**
 * Installs an npm package, once, and gives the folder whose node_modules has it. Its peer dependencies are this
 * repository's.
 */
export function npmPeer(name: string, version: string): string {
  return once(`${name.replace(/\W+/g, '-')}-${version}`, (folder) => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
    run(
      'npm',
      ['install', '--no-audit', '--no-fund', '--legacy-peer-deps', '--no-package-lock', '--prefix', folder],
      folder,
    );
  });
}

/** Installs a package from PyPI into an environment of its own, once, and gives the environment's folder. */
export function pypiPeer(name: string, version: string, pythons: readonly string[]): string {
  return once(`${name}-${version}`, (folder) => {
    const python = findPython(pythons);
    if (!python) throw new GaveUp(`${name} ${version} needs ${pythons.join(' or ')}, and none was found`);
    run(python, ['-m', 'venv', folder], folder);
    run(
      join(folder, 'bin', 'python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--compile', `${name}==${version}`],
      folder,
    );
  });
}

function once(label: string, install: (folder: string) => void): string {
  const folder = join(PEERS, label);
  if (existsSync(join(folder, '.complete'))) return folder;
  console.log(`Installing ${label} ...`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    install(folder);
  } catch (error) {
    throw error instanceof GaveUp ? error : new GaveUp(`${label} could not be installed`);
  }
  writeFileSync(join(folder, '.unfinished'), '');
  renameSync(join(folder, '.unfinished'), join(folder, '.complete'));
  return folder;
}

/** On PATH, else among pyenv's, which need not be switched on. */
function findPython(names: readonly string[]): string | undefined {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...(existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : []),
  ];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(works);
}

function works(python: string): boolean {
  if (!existsSync(python)) return false;
  try {
    execFileSync(python, ['-c', 'import venv, ensurepip'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // one of pyenv's switches for a version that isn't on
  }
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { PYTHONDONTWRITEBYTECODE: _, ...env } = process.env;
  execFileSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
