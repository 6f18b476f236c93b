// Runs one suite of tests here and now, and leaves its report: node tools/local/suite.mjs <name> [Jest's arguments]
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hand, nodeProgram } from './command.mjs';
import { ROOT } from './install.mjs';
import { main } from './say.mjs';
import { readText, writeText } from './stamp.mjs';
import { reportOf, SUITES } from './suites.mjs';

/**
 * @typedef {object} Report
 * @property {string} name
 * @property {number} passed
 * @property {number} failed a file that could not run counts as one test
 * @property {number} skipped
 * @property {number} seconds
 * @property {number} at when it began, in milliseconds since 1970: older than the run that reads it, it came from a
 * cache
 * @property {{name: string, seconds: number}[]} files of a suite that has several
 * @property {{name: string, message: string}[]} failures of Jest's tests
 */

/** @returns {Promise<Report>} */
export async function runSuite(suite, { args = [], env = process.env } = {}) {
  const at = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-tests-'));
  try {
    const counts = await KINDS[suite.kind](suite, { args, folder, env: ownEnvironment(env) });
    const seconds = Math.round((Date.now() - at) / 1000);
    const report = { name: suite.name, files: [], failures: [], ...counts, seconds, at };
    writeText(join(ROOT, reportOf(suite)), `${JSON.stringify(report)}\n`);
    return report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the Nx that runs a suite says to its tasks does not reach the ones that the tests run. */
function ownEnvironment(env) {
  const foreign = (name) => (name.startsWith('NX_') && !name.startsWith('NX_PREFECT_')) || name === 'FORCE_COLOR';
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign(name)));
}

const KINDS = { jest, flows, scripts };

async function jest({ config, files = [] }, { args, folder, env }) {
  const report = join(folder, 'jest.json');
  const own = files.length > 0 ? ['--runTestsByPath', ...files] : [];
  const words = ['-c', config, '--json', `--outputFile=${report}`, '--passWithNoTests', ...own, ...args];
  // With --json the results go to standard error.
  const stdio = ['inherit', 'ignore', 'inherit'];
  const code = await hand(nodeProgram(ROOT, 'jest', 'jest', ...words), { cwd: ROOT, env, stdio });
  return jestCounts(JSON.parse(readText(report) ?? 'null'), code);
}

export function jestCounts(result, code) {
  if (!result) return { passed: 0, failed: 1, skipped: 0 };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed || code === 0 ? failed : 1,
    skipped: result.numPendingTests + result.numTodoTests,
    files: result.testResults.map(({ name, startTime, endTime }) => ({
      name: basename(name),
      seconds: Math.round((endTime - startTime) / 1000),
    })),
    failures: result.testResults.flatMap(failuresOf),
  };
}

/** A file that could not run has no test that failed, but a message. */
function failuresOf({ name, message, assertionResults }) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0 && assertionResults.length === 0 && message) return [{ name: basename(name), message }];
  return failed.map(({ fullName, failureMessages }) => ({ name: fullName, message: failureMessages.join('\n') }));
}

/** The flows' and libs' own tests, as anyone runs them, but never from the cache: this suite is what is remembered. */
async function flows(_suite, { folder, env }) {
  const words = ['run-many', '-t', 'test', '--skip-nx-cache', `--junit=${folder}`];
  const code = await hand(nodeProgram(ROOT, 'nx', 'nx', ...words), { cwd: ROOT, env: { ...env, NX_TUI: 'false' } });
  return junitCounts(
    readdirSync(folder).map((name) => readText(join(folder, name))),
    code,
  );
}

/**
 * Counts of JUnit files as pytest writes them; a run that ended badly without a failure in them, or wrote none, counts
 * as one.
 */
export function junitCounts(texts, code) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const text of texts) {
    const suite = /<testsuite\b[^>]*>/.exec(text ?? '')?.[0] ?? '';
    const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    counts.failed += failed;
    counts.skipped += number('skipped');
    counts.passed += number('tests') - failed - number('skipped');
  }
  if ((code !== 0 || texts.length === 0) && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** The tests of these scripts, by Node's own runner. */
async function scripts(_suite, { folder, env }) {
  const report = join(folder, 'scripts.tap');
  const reporters = ['spec', 'tap'].map((name) => `--test-reporter=${name}`);
  const destinations = ['stdout', report].map((to) => `--test-reporter-destination=${to}`);
  const own = join(ROOT, 'tools', 'local');
  const files = readdirSync(own).filter((name) => name.endsWith('.spec.mjs'));
  const code = await hand([process.execPath, '--test', ...reporters, ...destinations, ...files], { cwd: own, env });
  const number = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(readText(report) ?? '')?.[1] ?? 0);
  const failed = number('fail') + number('cancelled');
  return {
    passed: number('pass'),
    failed: failed || code === 0 ? failed : 1,
    skipped: number('skipped') + number('todo'),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    const [name, ...args] = process.argv.slice(2);
    const { failed } = await runSuite(
      SUITES.find((suite) => suite.name === name),
      { args },
    );
    return failed > 0 ? 1 : 0;
  });
}
