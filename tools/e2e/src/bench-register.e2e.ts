import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, ROOT } from './parts/workspace';

interface Measured {
  flows: number;
  scenario: string;
  api: { requests: number; writes: number };
  s3?: { bytes: number };
  pythons: number;
  written: number;
}

const SIZES = { 3: [10, 30], 1: [20] };

/**
 * What does not depend on the machine, as recorded: of n flows (all use one lib), requests and writes; Python
 * processes; what else there is. How often a server refuses a write for now does depend on it, so those are counted
 * apart.
 */
const RECORDED = {
  3: {
    first: (n: number) => ({ requests: 3 + 2 * n, writes: 2 * n, pythons: 2, written: n }),
    nothing: () => ({ requests: 2, writes: 0, pythons: 0, written: 0 }),
    flow: () => ({ requests: 4, writes: 1, pythons: 2, written: 1 }),
    lib: (n: number) => ({ requests: 3 + n, writes: n, pythons: 2, written: n }),
    revert: (n: number) => ({ requests: 3 + n, writes: n, pythons: 0, written: n }),
  },
  1: {
    first: (n: number) => ({ requests: 2 + n, writes: n, pythons: 2, written: n }),
    nothing: () => ({ requests: 1, writes: 0, pythons: 0, written: 0 }),
    flow: () => ({ requests: 3, writes: 1, pythons: 2, written: 1 }),
    lib: (n: number) => ({ requests: 2 + n, writes: n, pythons: 2, written: n }),
    revert: (n: number) => ({ requests: 2 + n, writes: n, pythons: 0, written: n }),
  },
} as const;

describe.each([3, 1] as const)('npm run bench -- register --engine %i', (engine) => {
  let measured: Measured[];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-e2e-'));
    const json = join(folder, 'counted.json');
    const args = [
      'register',
      '--engine',
      String(engine),
      '--flows',
      SIZES[engine].join(','),
      '--only',
      'ours',
      '--count',
      '--json',
      json,
    ];
    const { code, output } = await run(process.execPath, [join(ROOT, 'tools', 'local', 'bench.mjs'), ...args], {
      cwd: ROOT,
      env: process.env,
    });
    if (code !== 0) throw new Error(output);
    ({ measurements: measured } = JSON.parse(readFileSync(json, 'utf8')) as { measurements: Measured[] });
    rmSync(folder, { recursive: true });
  });

  it.each(
    SIZES[engine].flatMap((flows) =>
      Object.entries(RECORDED[engine]).map(([scenario, recorded]) => ({ flows, scenario, recorded: recorded(flows) })),
    ),
  )(
    '$scenario, $flows flows: no more requests, writes and Python processes than recorded',
    ({ flows, scenario, recorded }) => {
      const one = measured.find((each) => each.flows === flows && each.scenario === scenario);
      expect(one).toMatchObject({
        api: { writes: recorded.writes },
        pythons: recorded.pythons,
        written: recorded.written,
      });
      expect(one!.api.requests).toBeLessThanOrEqual(recorded.requests);
    },
  );

  // Without a bucket code stays on the machine.
  if (engine === 1) {
    it('uploads nothing twice', () => {
      const bytes = Object.fromEntries(measured.map(({ scenario, s3 }) => [scenario, s3?.bytes]));
      expect(bytes).toMatchObject({ nothing: 0, revert: 0 });
      expect(bytes['flow']).toBeGreaterThan(0);
    });
  }
});
