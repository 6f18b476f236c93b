// `npm test` and `npm run test:all`: install what their suites need, and run them. The last line counts the tests.
// `npm test -- <suite>...` runs those; any other word is Jest's: `npm test -- merge`, `npm test -- contract -t hit`.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hand, nodeProgram } from './command.mjs';
import { install, ROOT } from './install.mjs';
import { printFailures, printSum, printTimes } from './report.mjs';
import { main, say } from './say.mjs';
import { readText } from './stamp.mjs';
import { runSuite } from './suite.mjs';
import { chosen, reportOf, SUITES, target } from './suites.mjs';

/** Two: most suites wait for servers and processes of their own half of the time. */
const AT_ONCE = 2;
/** Every end-to-end test there is. */
const E2E = { name: 'e2e', tier: 'all', kind: 'jest', config: 'tools/e2e/jest.config.cjs' };
const SETTINGS = { '--pictures': 'NX_PREFECT_PICTURES' };

await main(async () => {
  const words = process.argv.slice(2);
  const env = { ...process.env };
  for (const [flag, name] of Object.entries(SETTINGS)) if (words.includes(flag)) env[name] = 'true';
  const tier = words.includes('--all') ? 'all' : 'day';
  const { suites, rest } = chosen(words.filter((word) => word !== '--all' && !(word in SETTINGS)));
  if (rest.length > 0) return throughJest(suites, rest, env);
  return throughNx(suites.length > 0 ? suites : SUITES.filter((suite) => suite.tier === tier), env);
});

/** Suites as Nx's targets: an unchanged one is a hit, but in CI, where a count must be of tests that ran. */
async function throughNx(suites, env) {
  await install({ e2e: suites.some(({ tier }) => tier === 'all') });
  const since = Date.now();
  for (const suite of suites) rmSync(join(ROOT, reportOf(suite)), { force: true });
  const targets = suites.map(target).join(',');
  const words = ['run-many', '--projects=tests', '-t', targets, `--parallel=${AT_ONCE}`];
  const fresh = env.CI === 'true' || env.NX_PREFECT_PICTURES ? ['--skip-nx-cache'] : [];
  const code = await hand(nodeProgram(ROOT, 'nx', 'nx', ...words, ...fresh), {
    cwd: ROOT,
    env: { ...env, NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  const reports = suites.map((suite) => readReport(suite) ?? notRun(suite));
  printTimes(reports, since);
  printFailures(reports);
  say(`All together: ${((Date.now() - since) / 60_000).toFixed(1)} minutes.`);
  return printSum(reports) || code;
}

function readReport(suite) {
  return JSON.parse(readText(join(ROOT, reportOf(suite))) ?? 'null');
}

/** A suite that could not run at all counts as a failure. */
function notRun({ name }) {
  return { name, passed: 0, failed: 1, skipped: 0, seconds: 0, at: Date.now(), files: [], failures: [] };
}

/** Tests that Jest chooses, of these suites or of all, in this terminal. */
async function throughJest(suites, args, env) {
  const among = suites.length > 0 ? suites : [...SUITES.filter(({ kind, files }) => kind === 'jest' && !files), E2E];
  await install({ e2e: among.some(({ tier }) => tier === 'all') });
  const reports = [];
  for (const suite of among) reports.push(await runSuite(suite, { args, env }));
  return printSum(reports);
}
