import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT, EcrStack, REGION, REGISTRY } from '../../../e2e/src/parts/ecr/stack';
import { choose } from '../choice';
import { writeFiles } from '../files';
import { GaveUp, measure } from '../measure';
import { ROOT } from '../paths';
import { summary } from '../statistics';
import { table } from '../table';
import { CONTESTANTS, type Contestant, type Image } from './contestants';

const SCENARIOS = ['cold', 'nothing to do', 'one layer changed'] as const;
type Scenario = (typeof SCENARIOS)[number];

interface Measurement {
  contestant: string;
  scenario: Scenario;
  run: number;
  /** Seconds. */
  wall?: number;
  /** What came in at the registry and at ECR's API. */
  requests?: number;
  gaveUp?: string;
}

interface Options {
  runs: number;
  only: readonly string[] | undefined;
  limitSeconds: number;
  json: string | undefined;
}

const MEGABYTES = 30;
const DOCKERFILE = 'FROM base:1\nCOPY big.bin /big.bin\nCOPY app.txt /app.txt\n';

/**
 * Deploys an image of two layers, 30 MB and a line, to a registry on this machine: cold, again, and with the second
 * layer changed.
 */
export async function benchDocker({ runs, only, limitSeconds, json }: Options): Promise<number> {
  const contestants = choose(CONTESTANTS, only);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-bench-')));
  const stack = await EcrStack.start(ROOT);
  const measurements: Measurement[] = [];
  try {
    // cdk-assets ends a password at its first colon.
    await stack.leaveColonsOut();
    const hasBuildx = (await stack.run('docker', ['buildx', 'version'])).code === 0;
    for (const contestant of contestants.splice(0)) {
      if (contestant.needsBuildx && !hasBuildx) {
        console.log(`${contestant.name} is left out: it needs docker's buildx, which is not here.`);
        continue;
      }
      contestants.push(contestant);
      mkdirSync(join(folder, slug(contestant)));
      contestant.prepare?.(join(folder, slug(contestant)));
    }
    for (let run = 1; run <= runs; run++) {
      for (const contestant of contestants)
        measurements.push(...(await oneRun(stack, contestant, join(folder, slug(contestant)), run, limitSeconds)));
    }
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(report(contestants, measurements));
  if (json) writeFileSync(json, JSON.stringify({ node: process.version, measurements }, null, 2));
  return 0;
}

/** New content and a new repository for each run, so that nothing of an earlier one helps. */
async function oneRun(
  stack: EcrStack,
  contestant: Contestant,
  root: string,
  run: number,
  limitSeconds: number,
): Promise<Measurement[]> {
  const repository = `bench/${slug(contestant)}-${run}`;
  const big = randomBytes(MEGABYTES * 1e6);
  const measurements: Measurement[] = [];
  if (contestant.needsHelp) await stack.prepareFor(repository);
  for (const scenario of SCENARIOS) {
    const app = scenario === 'one layer changed' ? 'two' : 'one';
    const content = {
      Dockerfile: DOCKERFILE,
      'big.bin': big,
      'app.txt': `${run} ${app}\n`,
      '.dockerignore': 'Dockerfile\n.dockerignore\nproject.json\n',
    };
    const hash = createHash('sha256').update(big).update(content['app.txt']).digest('hex');
    const image: Image = { uri: `${REGISTRY}/${repository}`, repository, region: REGION, account: ACCOUNT, hash };
    writeFiles(join(root, 'image'), content);
    writeFiles(root, contestant.files(image));
    await stack.clear();
    const measured = { contestant: contestant.name, scenario, run };
    try {
      const { wall } = await measure([...stack.enter(root), ...contestant.command(image)], {
        cwd: root,
        env: { ...stack.env, DOCKER_BUILDKIT: '1' },
        limitSeconds,
        mark: root,
      });
      measurements.push({ ...measured, wall, requests: (await stack.log()).length });
    } catch (error) {
      if (!(error instanceof GaveUp)) throw error;
      measurements.push({ ...measured, gaveUp: error.message });
    }
    const { wall, gaveUp } = measurements.at(-1) ?? {};
    console.error(`run ${run}, ${scenario}: ${contestant.name} ${wall?.toFixed(2) ?? gaveUp}`);
  }
  return measurements;
}

function report(contestants: readonly Contestant[], measurements: readonly Measurement[]): string {
  const rows = contestants.map(({ name }) => [
    name,
    ...SCENARIOS.map((scenario) =>
      cell(measurements.filter((each) => each.contestant === name && each.scenario === scenario)),
    ),
  ]);
  const gaveUp = measurements.flatMap(({ contestant, gaveUp: why }) =>
    why === undefined ? [] : [`- ${contestant}: ${why}`],
  );
  return [
    table(['seconds (from - to), requests', ...SCENARIOS], rows),
    '',
    ...contestants.map(({ name, what }) => `- ${name}: ${what}`),
    ...new Set(gaveUp),
  ].join('\n');
}

function cell(measurements: readonly Measurement[]): string {
  const wall = summary(measurements.flatMap(({ wall: seconds }) => seconds ?? []));
  const requests = summary(measurements.flatMap(({ requests: count }) => count ?? []));
  return wall && requests
    ? `${wall.median.toFixed(1)} (${wall.min.toFixed(1)} - ${wall.max.toFixed(1)}), ${requests.median}`
    : '-';
}

function slug({ name }: Contestant): string {
  return name.replace(/\W+/g, '-').replace(/^-|-$/g, '').toLowerCase();
}
