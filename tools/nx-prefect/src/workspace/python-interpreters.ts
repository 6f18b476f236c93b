/**
 * Where Python's interpreters and packages lie, on disk alone: no process is started. The program of
 * environment-fingerprint.ts loads this file for every run, so it imports little.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findOnPath, isExecutable } from '../core/find-on-path';

/** Name of the folder that holds a virtual environment, for the flows below the folder that it lies in. */
export const VENV = '.venv';

/** The interpreter that runs where nothing else is named: `python3`, else `python`. */
export function pythonOnPath(path: string): string | undefined {
  return findOnPath(['python3', 'python'], path);
}

/**
 * The interpreter of a virtual environment; undefined where it has none. Its `python` is a link, which is not followed:
 * only under its own name does it have its packages.
 */
export function interpreterOf(venv: string): string | undefined {
  return [join(venv, 'bin', 'python'), join(venv, 'Scripts', 'python.exe')].find(isExecutable);
}

/**
 * The folder of the virtual environment, or the installation, that an interpreter lies in: `bin` and `Scripts` are
 * below.
 */
export function environmentOf(python: string): string {
  return dirname(dirname(python));
}

export function isVirtualEnvironment(folder: string): boolean {
  return existsSync(join(folder, 'pyvenv.cfg'));
}

/**
 * Names of the folders in `lib` that hold the packages of one Python each, `python3.12`, sorted: several where an
 * environment was made again with another Python; none on Windows, where packages lie in `Lib` itself.
 */
export function versionFolders(venv: string): string[] {
  const lib = join(venv, 'lib');
  const names = existsSync(lib) ? readdirSync(lib) : [];
  return names.filter((name) => name.startsWith('python')).sort();
}
