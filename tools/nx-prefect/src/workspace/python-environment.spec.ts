import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findEnvironment } from './python-environment';

const projectRoot = 'flows/project_1/flow1';
let workspaceRoot: string;

beforeEach(() => {
  workspaceRoot = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-')));
  mkdirSync(join(workspaceRoot, projectRoot), { recursive: true });
});
afterEach(() => rmSync(workspaceRoot, { recursive: true, force: true }));

function executable(path: string): string {
  const file = join(workspaceRoot, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '', { mode: 0o755 });
  return file;
}

describe('findEnvironment', () => {
  it('takes the nearest .venv going up', () => {
    const top = executable('.venv/bin/python');
    expect(findEnvironment({ workspaceRoot, projectRoot })).toEqual({ python: top });
    const nearer = executable('flows/project_1/.venv/Scripts/python.exe');
    expect(findEnvironment({ workspaceRoot, projectRoot })).toEqual({ python: nearer });
  });

  it('prefers the option, an interpreter or an environment', () => {
    executable('.venv/bin/python');
    const other = executable('envs/prefect1/bin/python');
    for (const python of ['envs/prefect1', 'envs/prefect1/bin/python', other]) {
      expect(findEnvironment({ workspaceRoot, projectRoot, python }).python).toBe(other);
    }
  });

  it('refuses an option that names nothing', () => {
    expect(() => findEnvironment({ workspaceRoot, projectRoot, python: 'absent' })).toThrow(
      /absent.*\[python-not-found\]/,
    );
  });

  it('refuses a lock file whose environment is missing, even with another further up', () => {
    executable('.venv/bin/python');
    writeFileSync(join(workspaceRoot, 'flows/project_1/uv.lock'), '');
    expect(() => findEnvironment({ workspaceRoot, projectRoot })).toThrow(
      /^flows\/project_1\/uv\.lock: .*`uv sync`.*\[environment-missing\]$/,
    );
  });

  it('refuses a .venv whose Python is gone, even with another further up', () => {
    executable('.venv/bin/python');
    symlinkSync(join(workspaceRoot, 'gone'), join(workspaceRoot, 'flows/project_1/.venv'));
    expect(() => findEnvironment({ workspaceRoot, projectRoot })).toThrow(
      /^flows\/project_1\/\.venv: .*\[environment-missing\]$/,
    );
  });

  it('never looks above the workspace', () => {
    executable('.venv/bin/python');
    const inner = { workspaceRoot: join(workspaceRoot, 'flows'), projectRoot: 'project_1/flow1', path: '' };
    expect(() => findEnvironment(inner)).toThrow(/\[python-not-found\]/);
  });

  it('falls back to python3, then python, of the PATH', () => {
    const path = [join(workspaceRoot, 'a'), join(workspaceRoot, 'b')].join(':');
    const python = executable('a/python');
    expect(findEnvironment({ workspaceRoot, projectRoot, path }).python).toBe(python);
    const python3 = executable('b/python3');
    expect(findEnvironment({ workspaceRoot, projectRoot, path })).toEqual({ python: python3 });
  });
});
