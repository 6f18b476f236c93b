import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PYTHON, ROOT } from './parts/workspace';

const FIND = `
const { findInterpreter } = await import(process.argv[1]);
const { python = null, seen } = await findInterpreter(JSON.parse(process.argv[2]), process.argv[3]);
console.log(JSON.stringify({ python, seen }));
`;

describe('the Python of a test environment', () => {
  const python = realpathSync(PYTHON);
  const minor = Number(execFileSync(python, ['-c', 'import sys; print(sys.version_info[1])'], { encoding: 'utf8' }));
  const name = `python3.${minor}`;
  let scratch: string;
  beforeEach(() => (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'interpreters-')))));
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  function find({ variable, uv }: { variable?: string; uv?: string } = {}): { python: string | null; seen: string[] } {
    const pythons = { from: [3, minor], below: [3, minor + 1], names: [name], variable: 'PYTHON_FOR_TEST' };
    const argv = [
      '--input-type=module',
      '-e',
      FIND,
      pathToFileURL(join(ROOT, 'tools', 'local', 'interpreters.mjs')).href,
      JSON.stringify(pythons),
      ...(uv ? [uv] : []),
    ];
    const env = { PATH: scratch, ...(variable ? { PYTHON_FOR_TEST: variable } : {}) };
    return JSON.parse(execFileSync(process.execPath, argv, { env, encoding: 'utf8' })) as ReturnType<typeof find>;
  }
  const program = (file: string, lines: string) => {
    writeFileSync(join(scratch, file), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
    return join(scratch, file);
  };
  /** As pyenv puts it on PATH: it starts a version only where that is switched on. */
  const shim = () => program(name, `echo "pyenv: ${name}: command not found" >&2; exit 127`);
  const found = { python: expect.stringContaining(dirname(python)), seen: [] };

  it('is the one that the variable names', () => expect(find({ variable: python })).toEqual(found));

  it('is on PATH', () => {
    symlinkSync(python, join(scratch, name));
    expect(find()).toMatchObject({ python: expect.stringContaining(name) });
  });

  it('is known to uv', () => {
    shim();
    expect(find({ uv: program('uv', `[ "$1 $2" = "python find" ] && echo ${python}`) })).toEqual(found);
  });

  it('is kept by pyenv, behind a shim that does not start', () => {
    shim();
    const prefix = join(scratch, 'versions');
    mkdirSync(join(prefix, 'bin'), { recursive: true });
    symlinkSync(python, join(prefix, 'bin', 'python'));
    program(
      'pyenv',
      `if [ "$1" = versions ]; then printf '2.7.18\\n3.${minor}.1\\n'; ` +
        `elif [ "$1 $2" = "prefix 3.${minor}.1" ]; then echo ${prefix}; else exit 1; fi`,
    );
    expect(find().python).toBe(join(prefix, 'bin', 'python'));
  });

  it('is nowhere', () => expect(find({ variable: shim() })).toEqual({ python: null, seen: [] }));
});
