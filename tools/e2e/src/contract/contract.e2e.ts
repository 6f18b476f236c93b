import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describeWith } from '../parts/prefect1';
import { LONG, SEED } from '../parts/seed';
import type { ContractEngine, ContractServer } from './engine';
import { prefect1 } from './prefect1';
import { prefect3 } from './prefect3';
import { type Step, step } from './steps';
import { World } from './world';

/**
 * The cache contract: after any sequence of steps, each followed by `register`, the server holds what the source says,
 * a hit is shown only where it already did, and nothing is written where nothing differed.
 * Replay a failure with the seed that its name tells: NX_PREFECT_SEED=<seed> npm test -- contract
 */
const RUNS = LONG ? 5 : 3;
const STEPS = 20;
const TITLE = 'the cache contract on two servers of ';

describe(TITLE + prefect3.title, () => holds(prefect3));
describeWith(['0.15'], TITLE + prefect1.title, () => holds(prefect1));

function holds(engine: ContractEngine): void {
  let servers: [ContractServer, ContractServer];
  beforeAll(async () => {
    servers = [await engine.start(), await engine.start()];
  });
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  async function violations(steps: Step[], mutate?: (plugin: string) => void): Promise<string[]> {
    const world = await World.create(engine, servers, mutate);
    try {
      for (const [at, one] of [{ kind: 'nothing', call: 'plain' } as Step, ...steps].entries()) {
        const wrong = await world.take(one);
        if (wrong.length > 0) return [...wrong, `at step ${at}: ${JSON.stringify(one)}`];
      }
      return [];
    } finally {
      await world.dispose();
    }
  }

  it(
    `holds for ${RUNS} random sequences of ${STEPS} steps, seed ${SEED}`,
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
          expect(await violations(steps)).toEqual([]);
        }),
        // Each step takes seconds: a counterexample is printed as it is.
        { numRuns: RUNS, seed: SEED, endOnFailure: true, verbose: false },
      );
    },
    RUNS * STEPS * 60_000,
  );

  // The test of the test: with a planted mistake the same judge must object.
  it.each<[string, string, [RegExp, string], Step[]]>([
    [
      'compares only the digest of the last build',
      engine.comparison.file,
      engine.comparison.onlyDigest,
      [{ kind: 'edit-by-hand', flow: 1, field: 'description', call: 'plain' }],
    ],
    [
      "trusts Nx's cache for register",
      'graph/targets.js',
      [/cache: false/g, 'cache: true'],
      [{ kind: 'wipe', call: 'plain' }],
    ],
  ])(
    'objects to a plugin that %s',
    async (_mistake, file, [pattern, replacement], steps) => {
      const planted = (plugin: string) => {
        const path = join(plugin, 'dist', file);
        const code = readFileSync(path, 'utf8');
        expect(code).toMatch(pattern);
        writeFileSync(path, code.replace(pattern, replacement));
      };
      expect(await violations(steps)).toEqual([]);
      expect((await violations(steps, planted)).join('\n')).toMatch(/the server is wrong|the server was wrong/);
    },
    300_000,
  );
}
