import { setTimeout as wait } from 'node:timers/promises';
import { FlowError } from '../core/errors';
import { SEVERITIES } from '../options/docker-deploy-options';
import type { Ecr, Scan } from './ecr';
import { type HeldImage, digestsOf } from './held-image';
import type { Build } from './run-build';

/** Seconds between two questions; the last one counts for all that follow. */
const PAUSES = [1, 2, 5, 10];
const PATIENCE_S = 15 * 60;
/** A scan that begins with the push may not be known at once. */
const UNKNOWN_TRIES = 3;
const RUNNING = /^(?:IN_PROGRESS|PENDING)$/;
const DONE = /^(?:COMPLETE|ACTIVE)$/;

/**
 * Waits for the findings of ECR's scan, of each image of a list.
 *
 * @returns how many of which severity
 * @throws FlowError `image-vulnerable` for findings that the option `failOn` does not let pass, `image-not-scanned`
 */
export async function requireSafe(ecr: Ecr, build: Build, image: HeldImage): Promise<string> {
  const { failOn } = build.options;
  const counts: Record<string, number> = {};
  for (const digest of digestsOf(image)) {
    const { findings } = await scanned(ecr, build, digest);
    for (const [severity, count] of Object.entries(findings))
      counts[severity.toLowerCase()] = (counts[severity.toLowerCase()] ?? 0) + count;
  }
  const said =
    [...SEVERITIES, 'undefined'].flatMap((name) => (counts[name] ? [`${counts[name]} ${name}`] : [])).join(', ') ||
    'nothing';
  const isStopped = SEVERITIES.slice(0, SEVERITIES.findIndex((name) => name === failOn) + 1).some(
    (name) => counts[name],
  );
  if (!isStopped) return `the scan found ${said}`;
  const { repository, project } = build.source;
  throw new FlowError({
    code: 'image-vulnerable',
    flow: project,
    what: `ECR's scan of ${repository}@${image.digest} found ${said}; the option failOn is ${failOn}.`,
    next:
      'Take a newer base or packages; ' +
      `aws ecr describe-image-scan-findings --repository-name ${repository} --image-id imageTag=${build.contentTag} ` +
      'lists the findings.',
  });
}

async function scanned(ecr: Ecr, { source, say }: Build, digest: string): Promise<Scan> {
  const { repository, project } = source;
  let waited = 0;
  for (let turn = 0; ; turn++) {
    const scan = await ecr.scan(repository, digest);
    if (scan && DONE.test(scan.status)) return scan;
    if ((scan && !RUNNING.test(scan.status)) || waited >= PATIENCE_S) {
      const state = scan ? `is ${[scan.status, scan.reason].filter(Boolean).join(': ')}` : 'has not begun';
      throw new FlowError({
        code: 'image-not-scanned',
        flow: project,
        what: `ECR's scan of ${repository}@${digest} ${state}; the option failOn needs its findings.`,
        next: 'Run the command again later; for an image that ECR cannot scan, leave failOn out.',
      });
    }
    if (!scan && turn === UNKNOWN_TRIES) await ecr.startScan(repository, digest);
    if (turn === 0) say(`Waiting for ECR's scan of ${repository}.`);
    const seconds = PAUSES[Math.min(turn, PAUSES.length - 1)]!;
    await wait(seconds * 1000);
    waited += seconds;
  }
}
