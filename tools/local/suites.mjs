// Every suite of tests, once: which tier runs it, and what it reads. tools/e2e/project.json makes each an Nx target.

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {'day' | 'all'} tier `npm test` runs the first, `npm run test:all` the second
 * @property {'jest' | 'flows' | 'scripts'} kind what runs it: suite.mjs
 * @property {string} [config] Jest's
 * @property {string[]} [files] Jest's test files; default: all of its configuration
 * @property {string[]} reads files that can change its outcome, beside those that every suite reads
 * @property {boolean} [random] it draws from a seed: `npm run test:long` repeats it with others
 */

const e2e = (name, more = {}) => ({
  name,
  tier: 'all',
  kind: 'jest',
  config: 'tools/e2e/jest.config.cjs',
  files: [`tools/e2e/src/${name}.e2e.ts`],
  ...more,
  reads: [...(more.files ?? [`tools/e2e/src/${name}.e2e.ts`]), ...(more.reads ?? [])],
});

const units = (name, { reads = [] } = {}) => ({
  name,
  tier: 'day',
  kind: 'jest',
  config: `tools/${name}/jest.config.cjs`,
  reads: [`tools/${name}/**/*`, ...reads],
  random: true,
});

/** What a user does in a day, in one Jest process on one Prefect server. */
const DAY = ['daily', 'round-trip', 'same-names', 'failures'].map((name) => `tools/e2e/src/${name}.e2e.ts`);
const EXAMPLES = ['flows/**/*', 'libs/**/*'];
/** Documents, and what names scripts or holds messages. */
const TEXTS = ['*', '.ci/**/*', '.github/**/*', '{docs,flows,tools}/**/*.md', 'tools/nx-prefect/{LICENSE,src/**/*.ts}'];
const IMAGE = ['Dockerfile', '.dockerignore', ...EXAMPLES];

/** Of each tier the longest first: Nx starts them in this order, two at a time. @type {Suite[]} */
export const SUITES = [
  { name: 'day', tier: 'day', kind: 'jest', config: 'tools/e2e/jest.day.config.cjs', files: DAY, reads: DAY },
  e2e('build', { tier: 'day', reads: EXAMPLES }),
  units('nx-prefect', { reads: ['docs/reference/*.md'] }),
  { name: 'flows', tier: 'day', kind: 'flows', reads: EXAMPLES },
  units('prefect1-server'),
  {
    name: 'scripts',
    tier: 'day',
    kind: 'scripts',
    reads: ['tools/e2e/project.json', 'tools/e2e/src/**/*.e2e.ts', ...TEXTS],
  },

  e2e('contract', {
    files: ['tools/e2e/src/contract/contract.e2e.ts'],
    reads: ['tools/e2e/src/contract/**/*'],
    random: true,
  }),
  e2e('faults', { random: true }),
  e2e('interrupted', { random: true }),
  e2e('shapes', { reads: EXAMPLES }),
  e2e('layouts'),
  e2e('code-places', { random: true }),
  e2e('built'),
  e2e('graph-model', { random: true }),
  // A clone of the whole repository.
  e2e('start', { reads: ['**/*'] }),
  e2e('docker-deploy'),
  e2e('image-content', { random: true }),
  e2e('isolation', { random: true }),
  e2e('packages'),
  e2e('package', { reads: ['tools/nx-prefect/**/*', 'docs/getting-started.md'] }),
  e2e('adopt'),
  e2e('root-image', { reads: IMAGE }),
  e2e('prefect1-register'),
  e2e('prefect1-register-alike', { random: true }),
  e2e('shipping'),
  e2e('flow-images'),
  e2e('scanner', { random: true }),
  // A copy of the plugin's sources, linted.
  e2e('lint', { reads: ['.oxlintrc.json', 'tools/nx-prefect/src/**/*'] }),
  e2e('bench-register', { reads: ['tools/bench/**/*'] }),
  e2e('prefect1-build', { reads: EXAMPLES }),
  e2e('prefect1-shapes'),
  e2e('inputs'),
  e2e('credentials'),
  e2e('lock', { random: true }),
  e2e('prefect1-cli'),
  e2e('graph-page', { reads: ['CODEOWNERS', ...EXAMPLES] }),
  e2e('clock'),
  e2e('data-files'),
  e2e('prefect-yaml', { random: true }),
  e2e('alternation'),
  e2e('owners'),
  e2e('prefect1-storage'),
  e2e('resolution', { random: true }),
  e2e('prefect1-writes'),
  e2e('interpreters'),
  e2e('prefect1-script'),
  e2e('prefect1-library'),
  e2e('prefect3-oldest'),
  e2e('prefect3-settings'),
  e2e('prefect1-settings'),
];

export const target = ({ name }) => `suite-${name}`;
/** Of a suite's last run, relative to the workspace root. */
export const reportOf = ({ name }) => `dist/tests/${name}.json`;

/**
 * Suites that words choose: the one of that name, else all whose names begin with it. Words that choose none are left,
 * for Jest.
 */
export function chosen(words) {
  const suites = new Set();
  const rest = [];
  for (const word of words) {
    const exact = SUITES.filter(({ name }) => name === word);
    const found = exact.length > 0 ? exact : SUITES.filter(({ name }) => word && name.startsWith(word));
    if (found.length === 0) rest.push(word);
    for (const suite of found) suites.add(suite);
  }
  return { suites: [...suites], rest };
}
