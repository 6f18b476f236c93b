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
  const took = new Map();
  const findings = [];
  // A suite that needs longer than what is left waits for the next call.
  const isDue = ({ name }) => (minutes > 0 ? Date.now() + (took.get(name) ?? 0) < end : !took.has(name));
  for (let round = 0; suites.some(isDue); round++) {
    for (const suite of suites) {
      if (!isDue(suite)) continue;
      const { failed, seconds, seed } = await once(suite, seedOf(suite) + round);
      took.set(suite.name, seconds * 1000);
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
  const runs = (readText(JOURNAL) ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const lastOf = ({ name }) => runs.findLastIndex(({ suite }) => suite === name);
  return {
    // So that each has its turn, however short a slice is.
    suites: random.sort((one, other) => lastOf(one) - lastOf(other)),
    minutes: Number(values.minutes ?? 0),
    seedOf: (suite) => (values.resume && lastOf(suite) >= 0 ? runs[lastOf(suite)].seed + 1 : first),
  };
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
