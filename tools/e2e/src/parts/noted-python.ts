import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from './workspace';

/** Puts an environment in place of a workspace's `.venv` whose Python notes each of its starts. */
export function notePython(workspace: Workspace): { starts: () => number } {
  const venv = workspace.path('.venv');
  const real = realpathSync(venv);
  const notes = workspace.path('.venv/starts');
  rmSync(venv);
  mkdirSync(join(venv, 'bin'), { recursive: true });
  symlinkSync(join(real, 'lib'), join(venv, 'lib'));
  writeFileSync(join(venv, 'pyvenv.cfg'), readFileSync(join(real, 'pyvenv.cfg')));
  const python = join(real, 'bin', 'python');
  writeFileSync(join(venv, 'bin', 'python'), `#!/bin/sh\necho >> '${notes}'\nexec '${python}' "$@"\n`, { mode: 0o755 });
  return {
    starts: () => {
      const count = existsSync(notes) ? readFileSync(notes, 'utf8').length : 0;
      rmSync(notes, { force: true });
      return count;
    },
  };
}
