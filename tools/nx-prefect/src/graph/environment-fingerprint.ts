/**
 * Prints what stands for PATH's Python in a task's hash: `python3.11 prefect-3.6.1`, or `no python3`. Nx runs this file
 * as a program, a `runtime` input of the inferred targets, so its imports must load fast.
 */
import { join } from 'node:path';
import { isVirtualEnvironment, pythonOnPath, VENV } from '../workspace/python-interpreters';
import { packageEntries, packageFolders } from '../workspace/python-packages';

/** `workspaceRoot`: a `.venv` there goes first, since a daemon may not have noticed yet that it came. */
export function fingerprint(path: string, workspaceRoot: string): string {
  const venv = join(workspaceRoot, VENV);
  const python = isVirtualEnvironment(venv) ? venv : pythonOnPath(path);
  return python === undefined ? 'no python3' : fingerprintOf(python);
}

/** Of the option `python`: an interpreter, or the folder of a virtual environment. */
export function fingerprintOf(python: string): string {
  const environment = packageFolders(python);
  const prefect = packageEntries(environment).find(({ name }) => name.toLowerCase() === 'prefect');
  return `${environment.version} ${prefect ? `prefect-${prefect.version}` : 'no prefect'}`;
}

if (require.main === module) {
  const [, , python] = process.argv;
  process.stdout.write(`${python ? fingerprintOf(python) : fingerprint(process.env['PATH'] ?? '', process.cwd())}\n`);
}
