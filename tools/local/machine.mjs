// Prints what of this machine can change a test's outcome and is in no file that git knows: an input of every suite.
import { join } from 'node:path';
import { onPath } from './command.mjs';
import { ROOT } from './install.mjs';
import { contentHash } from './stamp.mjs';

const TESTS = ['.venv', '.venv-prefect0.15', '.venv-prefect1.4', '.venv-prefect3.0'];
const ENVIRONMENTS = ['.venv', ...TESTS.map((name) => `tools/e2e/${name}`)];
/** Where one of these is missing, tests are left out. */
const PROGRAMS =
  'dockerd docker-registry podman buildah runc busybox ip openssl ' +
  'chromium chromium-browser google-chrome google-chrome-stable uv pyenv python3 python3.7';

const lines = [
  `node ${process.version} ${process.platform} ${process.arch}`,
  `packages ${contentHash(ROOT, ['node_modules/.package-lock.json'])}`,
  ...ENVIRONMENTS.map((path) => `${path} ${of(path)}`),
  ...PROGRAMS.split(' ').map((name) => `${name} ${onPath(name)[0] ?? ''}`),
];
console.log(lines.join('\n'));

/** The Python it was made with, and the requirements it holds. */
function of(environment) {
  return contentHash(join(ROOT, environment), ['pyvenv.cfg', '.made-from']);
}
