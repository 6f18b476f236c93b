// `npm test`: installs what is missing, then runs every test. The last line counts them.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hand, nodeProgram } from './command.mjs';
import { install, ROOT } from './install.mjs';
import { main, say } from './say.mjs';
import { readText } from './stamp.mjs';

await main(async () => {
  const [settings, args] = split(process.argv.slice(2));
  const python = await install({ e2e: true });
  const reports = mkdtempSync(join(tmpdir(), 'nx-prefect-tests-'));
  const env = { ...process.env, ...settings };
  try {
    const counts = [];
    for (const name of ['nx-prefect', 'prefect1-server'])
      counts.push(await jest(`tools/${name}/jest.config.cjs`, join(reports, `${name}.json`), args, env));
    // Arguments choose among Jest's tests.
    if (args.length === 0) {
      counts.push(await worker(python, join(reports, 'worker.xml'), env));
      counts.push(await flows(join(reports, 'flows'), env));
    }
    counts.push(await jest('tools/e2e/jest.config.cjs', join(reports, 'e2e.json'), args, env));
    return sum(counts);
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
});

/** What `npm run test:long` and `npm run pictures` ask of the tests, and Jest's own arguments. */
function split(args) {
  const flags = { '--long': 'NX_PREFECT_LONG', '--pictures': 'NX_PREFECT_PICTURES' };
  const given = args.filter((arg) => arg in flags);
  return [Object.fromEntries(given.map((flag) => [flags[flag], 'true'])), args.filter((arg) => !given.includes(arg))];
}

/** Unit or end-to-end tests. A test file that could not run at all counts as a failure. */
async function jest(config, report, args, env) {
  say(`\n> jest -c ${config} ${args.join(' ')}`);
  const argv = nodeProgram(
    ROOT,
    'jest',
    'jest',
    '-c',
    config,
    '--json',
    `--outputFile=${report}`,
    '--passWithNoTests',
    ...args,
  );
  const code = await hand(argv, { cwd: ROOT, env, stdio: ['inherit', 'ignore', 'inherit'] });
  const result = JSON.parse(readText(report) ?? 'null');
  if (!result) return { passed: 0, failed: 1, skipped: 0 };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return {
    passed: result.numPassedTests,
    failed: failed || code === 0 ? failed : 1,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** The tests of the plugin's own Python. */
async function worker(python, report, env) {
  const folder = join(ROOT, 'tools', 'nx-prefect', 'python');
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name)) : [];
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  say(`\n> pytest ${files.join(' ')} in tools/nx-prefect/python`);
  const code = await hand([python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${report}`, ...files], {
    cwd: folder,
    env,
  });
  return junit([report], code);
}

/** The flows' and libs' own tests, as anyone runs them, but never from the cache: a count must be of tests that ran. */
async function flows(folder, env) {
  say('\n> nx run-many -t test');
  const argv = nodeProgram(ROOT, 'nx', 'nx', 'run-many', '-t', 'test', '--skip-nx-cache', `--junit=${folder}`);
  const code = await hand(argv, { cwd: ROOT, env });
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return junit(files, code);
}

/**
 * Counts of JUnit files as pytest writes them; a run that ended badly without a failure in them, or wrote none, counts
 * as one.
 */
function junit(files, code) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const suite = /<testsuite\b[^>]*>/.exec(readText(file) ?? '')?.[0] ?? '';
    const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    counts.failed += failed;
    counts.skipped += number('skipped');
    counts.passed += number('tests') - failed - number('skipped');
  }
  if ((code !== 0 || files.length === 0) && counts.failed === 0) counts.failed = 1;
  return counts;
}

function sum(all) {
  const total = (name) => all.reduce((so, counts) => so + counts[name], 0);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(total);
  if (passed + failed === 0) say('No test ran.');
  say(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed > 0 || passed === 0 ? 1 : 0;
}
