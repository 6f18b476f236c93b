import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Shows the plan of all flows, with the Nx of the workspace.
 *
 * @returns its exit code
 */
export async function runPlan(workspaceRoot: string): Promise<number> {
  const nx = createRequire(join(workspaceRoot, 'package.json')).resolve('nx/package.json');
  const { bin } = createRequire(nx)('nx/package.json') as { bin: { nx: string } };
  const { exitCode } = await execa(process.execPath, [join(nx, '..', bin.nx), 'run-many', '-t', 'plan'], {
    cwd: workspaceRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    reject: false,
  });
  return exitCode ?? 1;
}
