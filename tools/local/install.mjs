// Installs what is missing: the Node packages, the compiled plugin, the Python environment. Instant when nothing is.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { capture, follow, npm } from './command.mjs';
import { ensureEnvironment, NoPython, pythonOf } from './python.mjs';
import { Problem, progress, say } from './say.mjs';
import { contentHash, locked, readText, writeText } from './stamp.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const NODE_FROM = [20, 19];
/** Workspace packages of this repository, compiled where they are. */
const PACKAGES = ['tools/nx-prefect', 'tools/prefect1-server'];

/**
 * Returns the Python of the flows' environment, which with the Node packages is all that `npm test` needs. `e2e` adds
 * the environments of the other tests: moto, Prefect 0.15, 1.4 and 3.0.
 */
export async function install({ root = ROOT, e2e = false } = {}) {
  await checkMachine();
  return locked(join(root, '.nx', 'install.lock'), async () => {
    await nodePackages(root);
    for (const path of PACKAGES) await compiled(root, path);
    const environment = join(root, '.venv');
    await ensureEnvironment({
      root,
      environment,
      requirements: 'requirements.txt',
      program: 'prefect',
      label: 'Python environment',
    });
    if (e2e) await testEnvironments(root);
    return pythonOf(environment);
  });
}

/** At once: each waits for the network most of the time. */
async function testEnvironments(root) {
  const made = await Promise.allSettled([
    ensureEnvironment({
      root,
      environment: join(root, 'tools', 'e2e', '.venv'),
      requirements: 'tools/e2e/requirements.txt',
      program: 'moto_server',
      label: "Tests' own environment",
    }),
    ...PREFECTS.map(({ prefect, pythons }) => prefectEnvironment(root, prefect, pythons)),
  ]);
  for (const { reason } of made) if (reason) throw reason;
}

/**
 * The Prefects at the ends of what is supported, and the Pythons that each runs on. The newest is that of the flows'
 * own environment.
 */
const PREFECTS = [
  {
    prefect: '0.15',
    pythons: { from: [3, 7], below: [3, 8], names: ['python3.7'], variable: 'PYTHON_FOR_PREFECT_0_15' },
  },
  {
    prefect: '1.4',
    pythons: {
      from: [3, 10],
      below: [3, 14],
      names: ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3'],
      newest: true,
      variable: 'PYTHON_FOR_PREFECT_1_4',
    },
  },
  {
    prefect: '3.0',
    pythons: {
      from: [3, 10],
      below: [3, 13],
      names: ['python3.12', 'python3.11', 'python3.10', 'python3'],
      variable: 'PYTHON_FOR_PREFECT_3_0',
    },
  },
];

/** Without a Python for it, its tests are left out; not so in CI. */
async function prefectEnvironment(root, prefect, pythons) {
  const environment = join(root, 'tools', 'e2e', `.venv-prefect${prefect}`);
  const requirements = `tools/e2e/requirements-prefect${prefect}.txt`;
  try {
    await ensureEnvironment({
      root,
      environment,
      requirements,
      program: 'prefect',
      label: `Prefect ${prefect}`,
      pythons,
    });
  } catch (error) {
    if (process.env.CI === 'true' || !(error instanceof NoPython)) throw error;
    say(`Left out: the tests with Prefect ${prefect}. ${error.message}`);
  }
}

async function checkMachine() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_FROM[0] || (major === NODE_FROM[0] && minor < NODE_FROM[1])) {
    throw new Problem({
      where: process.execPath,
      what: `this is Node ${process.versions.node}, and Nx needs ${NODE_FROM.join('.')} or newer.`,
      next: 'Install a newer one (https://nodejs.org), and run again.',
    });
  }
  if ((await capture(['git', '--version'])).code !== 0) {
    throw new Problem({
      where: 'PATH',
      what: 'git was not found, and Nx asks it what changed.',
      next: 'Install it (https://git-scm.com/downloads), and run again.',
    });
  }
}

async function nodePackages(root) {
  const stamp = join(root, 'node_modules', '.made-from');
  const wanted = () =>
    contentHash(root, [
      '.npmrc',
      'package.json',
      'package-lock.json',
      ...PACKAGES.map((path) => `${path}/package.json`),
    ]);
  if (readText(stamp) === wanted() && packagesAreThere(root)) return;
  // `ci` installs what the lock file says and never writes it.
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
  await step(root, 'Node packages', npm(command, '--no-audit', '--no-fund'));
  writeText(stamp, wanted());
}

/** npm's own list of what it put where: the plugin's folder, too, holds packages. */
function packagesAreThere(root) {
  const installed = JSON.parse(readText(join(root, 'node_modules', '.package-lock.json')) ?? 'null');
  return installed !== null && Object.keys(installed.packages).every((path) => existsSync(join(root, path)));
}

async function compiled(root, path) {
  const stamp = join(root, path, 'dist', '.made-from');
  const wanted = contentHash(root, [
    'tsconfig.base.json',
    ...['package.json', 'tsconfig.json', 'src', 'scripts'].map((name) => `${path}/${name}`),
  ]);
  if (readText(stamp) === wanted) return;
  await step(root, `Package ${basename(path)}`, npm('run', 'build', '-w', path));
  writeText(stamp, wanted);
}

async function step(root, label, argv) {
  const shown = progress(label);
  const { code, tail } = await follow(argv, {
    cwd: root,
    onLine: (line) => /^npm (warn|notice)/.test(line) || shown.update(line.trim().slice(0, 60)),
  });
  if (code === 0) return shown.done();
  shown.failed();
  throw new Problem({
    where: root,
    what: `\`npm ${argv.slice(argv.findIndex((part) => part === 'install' || part === 'run')).join(' ')}\` failed.`,
    next: 'Its last lines stand below; put the cause right and run again.',
    detail: tail,
  });
}
