// The Python environments of this workspace: made from pinned requirements, by uv where it is there, else venv and pip.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { follow, onPath } from './command.mjs';
import { findInterpreter, rangeOf } from './interpreters.mjs';
import { Problem, progress, say } from './say.mjs';
import { contentHash, readText, writeText } from './stamp.mjs';

/** Prefect 3.8 says: requires-python <3.15,>=3.10. */
const PREFECT_3 = {
  from: [3, 10],
  below: [3, 15],
  names: ['python3', 'python', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14'],
};
const WINDOWS = process.platform === 'win32';

/** There is no Python of the versions that an environment needs. */
export class NoPython extends Problem {}

export function pythonOf(environment) {
  return programOf(environment, 'python');
}

function programOf(environment, name) {
  return WINDOWS ? join(environment, 'Scripts', `${name}.exe`) : join(environment, 'bin', name);
}

function notOurs(where, program, requirements) {
  return new Problem({
    where,
    what: `this environment was not made by npm start, and holds no ${program}.`,
    next: `Move it away or delete it, and run again; or install it yourself: pip install --no-deps -r ${requirements}`,
  });
}

/**
 * Makes the environment anew unless its stamp says that it was made whole from these requirements and its Python is
 * there. Starts no Python when there is nothing to do. One that somebody else made is left alone; `program` tells
 * whether it will do.
 */
export async function ensureEnvironment({ root, environment, requirements, program, label, pythons = PREFECT_3 }) {
  const stamp = join(environment, '.made-from');
  const wanted = contentHash(root, [requirements]);
  const where = relative(root, environment);
  if (readText(stamp) === wanted && interpreterIsThere(environment)) return;
  if (existsSync(environment) && !existsSync(stamp) && interpreterIsThere(environment)) {
    if (!existsSync(programOf(environment, program))) throw notOurs(where, program, requirements);
    say(`${where} was not made by npm start: it is used as it is, and brought up to date by you.`);
    return;
  }

  const [uv] = onPath('uv');
  const base = await findPython(uv, pythons);
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(environment, { recursive: true });
  // Until its content is the requirements' hash the environment counts as interrupted.
  writeText(stamp, 'unfinished');

  const total = readFileSync(join(root, requirements), 'utf8').match(/^[^\s#-].*==/gm)?.length ?? 0;
  const shown = progress(`${label} in ${where} (${uv ? 'uv' : 'pip'}, about ${total} packages)`);
  try {
    await run(root, where, create(uv, base, environment));
    await run(root, where, install(uv, environment, join(root, requirements)), counted(shown));
  } catch (error) {
    shown.failed();
    throw error;
  }
  writeText(stamp, wanted);
  shown.done();
}

function create(uv, base, environment) {
  return uv
    ? [uv, 'venv', '--quiet', '--no-config', '--allow-existing', '--python', base, environment]
    : [base, '-I', '-m', 'venv', environment];
}

/**
 * Bytecode is compiled here, once: without it every start of Prefect costs a second more. The file names every package,
 * so nothing has to be resolved; pip would, and takes `sqlalchemy[asyncio]` for another package than the `sqlalchemy`
 * that is pinned.
 */
function install(uv, environment, requirements) {
  const python = pythonOf(environment);
  return uv
    ? [
        uv,
        'pip',
        'install',
        '--python',
        python,
        '--no-deps',
        '--require-hashes',
        '--compile-bytecode',
        '-r',
        requirements,
      ]
    : [
        python,
        '-I',
        '-m',
        'pip',
        'install',
        '--no-deps',
        '--require-hashes',
        '--compile',
        '--no-input',
        '-r',
        requirements,
      ];
}

function counted(shown) {
  let packages = 0;
  return (line) => {
    if (line.startsWith('Collecting')) shown.update(`${(packages += 1)} found`);
    else if (line.startsWith('Installing collected')) shown.update('unpacking and compiling');
    else if (/^(Resolved|Prepared|Installed|Bytecode compiled)/.test(line)) shown.update(line.trim());
  };
}

async function run(root, where, argv, onLine) {
  const env = { ...process.env, PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
  for (const name of [
    'PYTHONHOME',
    'PYTHONPATH',
    'PYTHONDONTWRITEBYTECODE',
    'VIRTUAL_ENV',
    'PIP_TARGET',
    'PIP_PREFIX',
    'PIP_NO_COMPILE',
  ]) {
    delete env[name];
  }
  const { code, tail } = await follow(argv, { cwd: root, env, onLine });
  if (code === 0) return;
  throw new Problem({
    where,
    what: `\`${argv.slice(0, 4).join(' ')} ...\` ended with ${code === null ? 'no exit code' : `exit code ${code}`}.`,
    next: 'Its last lines stand below; run again when the cause is gone (network, disk): it starts afresh.',
    detail: tail.split('\n').slice(-12).join('\n'),
  });
}

/** uv may bring one when there is none. */
async function findPython(uv, pythons) {
  const { python, seen } = await findInterpreter(pythons, uv);
  if (python) return python;
  const range = `${pythons.from.join('.')} to below ${pythons.below.join('.')}`;
  if (uv && pythons === PREFECT_3) return rangeOf(pythons);
  throw new NoPython({
    where: 'PATH',
    what: `no Python from ${range} that can make an environment${seen.length ? ` (${seen.join(', ')})` : ''}.`,
    next:
      'Install one (https://www.python.org/downloads; on Debian and Ubuntu apt install python3-venv) ' +
      `or uv (https://docs.astral.sh/uv)${pythons.variable ? `, or name one in ${pythons.variable}` : ''}, ` +
      'and run again.',
  });
}

/** Existence only: the link in the environment leads nowhere when its Python was removed or moved. */
function interpreterIsThere(environment) {
  const home = /^home\s*=\s*(.+?)\s*$/m.exec(readText(join(environment, 'pyvenv.cfg')) ?? '')?.[1];
  return home !== undefined && existsSync(home) && existsSync(pythonOf(environment));
}
