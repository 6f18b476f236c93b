// Where a Python of a wanted version may be: named by a variable, on PATH, known to uv, or kept by pyenv.
import { join } from 'node:path';
import { capture, onPath } from './command.mjs';

const PROBE = `import sys
try:
    import ensurepip, venv
    can = True
except ImportError:
    can = False
print(*sys.version_info[:2], can, sys.executable)`;

/**
 * @typedef {object} Pythons
 * @property {[number, number]} from
 * @property {[number, number]} below
 * @property {string[]} names programs, the best first
 * @property {boolean} [newest] the newest of all, wherever it is, instead of the first that is found
 * @property {string} [variable] environment variable that names one
 */

/**
 * A Python of these versions that can make an environment.
 * @param {Pythons} pythons
 * @returns {Promise<{ python?: string, seen: string[] }>} `seen` tells why others were passed over
 */
export async function findInterpreter(pythons, uv) {
  const seen = [];
  let best;
  for await (const candidate of candidates(pythons, uv)) {
    const { code, stdout } = await capture([...candidate, '-I', '-c', PROBE]);
    const [, major, minor, canMake, executable] = /^(\d+) (\d+) (True|False) (.+?)\s*$/.exec(stdout) ?? [];
    if (code !== 0 || !executable) continue;
    const supported = fits(pythons, Number(major), Number(minor));
    if (supported && (uv || canMake === 'True')) {
      if (!pythons.newest) return { python: executable, seen };
      if (!best || Number(minor) > best.minor) best = { python: executable, minor: Number(minor) };
      continue;
    }
    seen.push(
      `${candidate.join(' ')} is ${major}.${minor}${supported ? ' without the modules venv and ensurepip' : ''}`,
    );
  }
  return { python: best?.python, seen };
}

async function* candidates(pythons, uv) {
  const named = pythons.variable && process.env[pythons.variable];
  if (named) yield [named];
  for (const file of pythons.names.flatMap(onPath)) yield [file];
  for (const file of onPath('py')) yield [file, `-${pythons.from[0]}`];
  if (uv) {
    const { code, stdout } = await capture([
      uv,
      'python',
      'find',
      '--no-config',
      '--no-python-downloads',
      rangeOf(pythons),
    ]);
    if (code === 0) yield [stdout.trim()];
  }
  yield* keptByPyenv(pythons);
}

/** A shim on PATH starts a version only where it is switched on; `pyenv` itself knows them all. */
async function* keptByPyenv(pythons) {
  const [pyenv] = onPath('pyenv');
  if (!pyenv) return;
  const { stdout } = await capture([pyenv, 'versions', '--bare']);
  const fitting = [...stdout.matchAll(/^(\d+)\.(\d+)\.\d+$/gm)].filter(([, major, minor]) =>
    fits(pythons, Number(major), Number(minor)),
  );
  for (const [version] of fitting.sort(([, , left], [, , right]) => right - left)) {
    const { code, stdout: prefix } = await capture([pyenv, 'prefix', version]);
    if (code === 0) yield [join(prefix.trim(), 'bin', 'python')];
  }
}

export function rangeOf({ from, below }) {
  return `>=${from.join('.')},<${below.join('.')}`;
}

function fits({ from, below }, major, minor) {
  return major === from[0] && minor >= from[1] && minor < below[1];
}
