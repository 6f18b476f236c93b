// `npm run test:long -- [suite...] [--minutes 60] [--seed N] [--resume]`: the random tests, with a new seed each round.
// A finding becomes a fixed test.
import { randomInt } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, ROOT } from './install.mjs';
import { main, Problem, say } from './say.mjs';
import { runSuite } from './suite.mjs';
import { chosen, SUITES } from './suites.mjs';
import { readText } from './stamp.mjs';

/** A line for each run. */
const JOURNAL = join(ROOT, 'dist', 'test-long.jsonl');

await main(async () => {
  const { suites, minutes, seedOf } = asked();
  await install({ e2e: suites.some(({ tier }) => tier === 'all') });
  const end = Date.now() + minutes * 60_000;
  const findings = [];
  const last = new Map();
  for (let round = 0; round === 0 || minutes > 0; round++) {
    // A suite that took longer than what is left would be cut off, so it waits for the next call.
    const fitting = suites.filter(({ name }) => round === 0 || Date.now() + (last.get(name) ?? 0) < end);
    if (fitting.length === 0) break;
    for (const suite of fitting) {
      if (round > 0 && Date.now() > end) break;
      const { failed, seconds, seed } = await once(suite, seedOf(suite) + round);
      last.set(suite.name, seconds * 1000);
      if (failed > 0) findings.push({ suite, seed });
    }
  }
  say(`\n${findings.length} findings. On from here: npm run test:long -- --resume`);
  for (const { suite, seed } of findings)
    say(`Replay: NX_PREFECT_LONG=true NX_PREFECT_SEED=${seed} npm test -- ${suite.name}`);
  return findings.length > 0 ? 1 : 0;
});

function asked() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, resume: { type: 'boolean' } },
  });
  const { suites, rest } = chosen(positionals);
  const random = (suites.length > 0 ? suites : SUITES).filter((suite) => suite.random);
  if (rest.length > 0 || random.length === 0)
    throw new Problem({
      what: `${positionals.join(' ')}: no suite of that name has a seed.`,
      next: `Choose among ${SUITES.filter((suite) => suite.random)
        .map(({ name }) => name)
        .join(', ')}.`,
    });
  const first = values.seed === undefined ? randomInt(2 ** 31 - 2 ** 16) : Number(values.seed);
  const seedOf = ({ name }) => (values.resume ? afterLast(name) : undefined) ?? first;
  return { suites: random, minutes: Number(values.minutes ?? 0), seedOf };
}

/** The seed after the last one that a suite ran with. */
function afterLast(name) {
  const runs = (readText(JOURNAL) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const last = runs.findLast(({ suite }) => suite === name);
  return last && last.seed + 1;
}

async function once(suite, seed) {
  say(`\n> ${suite.name}, seed ${seed}`);
  const env = { ...process.env, NX_PREFECT_LONG: 'true', NX_PREFECT_SEED: String(seed) };
  const { passed, failed, seconds } = await runSuite(suite, { env });
  say(`> ${suite.name}, seed ${seed}: ${passed} passed, ${failed} failed, ${seconds} s`);
  mkdirSync(dirname(JOURNAL), { recursive: true });
  appendFileSync(JOURNAL, `${JSON.stringify({ suite: suite.name, seed, passed, failed, seconds })}\n`);
  return { failed, seconds, seed };
}
