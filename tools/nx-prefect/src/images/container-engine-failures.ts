import { FlowError } from '../core/errors';
import type { EngineRun } from './run-container-engine';

export type PushFailure = 'expired' | 'passing' | 'lasting';

/** The engines' words for what ECR and the network say. The order counts: a lasting one may mention a status. */
const LASTING = anyOf(
  'tag invalid',
  'TAG_INVALID',
  'immutable',
  'name unknown',
  'NAME_UNKNOWN',
  'does not exist in the registry',
  'not authorized',
  'denied:',
  'unauthorized',
  'no basic auth',
);
const PASSING = anyOf(
  '\\b5\\d\\d\\b',
  'reset by peer',
  'broken pipe',
  '\\bEOF\\b',
  'timeout',
  'timed out',
  'refused',
  'temporar',
  'try again',
  'unreachable',
  'use of closed network',
);

/** ECR's words when it is asked too much at once; they may stand behind `denied:`. */
const THROTTLED = anyOf('too ?many ?requests', 'rate exceeded', '\\b429\\b');

function anyOf(...patterns: string[]): RegExp {
  return new RegExp(patterns.join('|'), 'i');
}

/** Whether to push again, and whether with a new token. */
export function pushFailure(output: string): PushFailure {
  if (/authorization token has expired/i.test(output)) return 'expired';
  if (THROTTLED.test(output)) return 'passing';
  if (LASTING.test(output)) return 'lasting';
  return PASSING.test(output) ? 'passing' : 'lasting';
}

/** Whether buildx, which pushes as it builds, had ended the build. */
export function beganToPush(output: string): boolean {
  return /\bpushing (layers|manifest)|failed to push/.test(output);
}

export interface Failed {
  project: string;
  file: string;
}

export function buildError({ output, exitCode }: EngineRun, { project, file }: Failed): FlowError {
  if (isDiskFull(output)) return diskFull(project);
  return new FlowError({
    code: 'image-build-failed',
    flow: project,
    file,
    what: `The image could not be built (exit code ${exitCode ?? 'none'}): ${lastLine(output)}`,
    next: 'The engine says above which step failed, and why.',
  });
}

export function pushError(
  { output }: EngineRun,
  { project, reference }: { project: string; reference: string },
): FlowError {
  if (isDiskFull(output)) return diskFull(project);
  const said = `(${lastLine(output)})`;
  if (/immutable|tag invalid|TAG_INVALID/i.test(output)) {
    return new FlowError({
      code: 'image-tag-immutable',
      flow: project,
      what: `${reference} is there already, and the repository's tags are immutable ${said}.`,
      next:
        'Deploy under tags that are new each time (the option "tags"), or under none: --tags=. ' +
        'The content tag is there either way.',
    });
  }
  if (/not authorized|denied|unauthorized|no basic auth/i.test(output)) {
    return new FlowError({
      code: 'push-denied',
      flow: project,
      what: `ECR refused the push of ${reference} ${said}.`,
      next:
        'Let the credentials do ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, ' +
        'BatchCheckLayerAvailability and PutImage on the repository.',
    });
  }
  if (/name unknown|NAME_UNKNOWN|does not exist/i.test(output)) {
    return new FlowError({
      code: 'no-repository',
      flow: project,
      what: `The repository of ${reference} is gone ${said}.`,
      next: 'Run the command again: it creates the repository.',
    });
  }
  return new FlowError({
    code: 'push-failed',
    flow: project,
    what: `${reference} could not be pushed ${said}.`,
    next: 'Run the command again: layers that arrived are not sent again.',
  });
}

export function pullError(
  { output }: EngineRun,
  { project, reference }: { project: string; reference: string },
): FlowError {
  if (isDiskFull(output)) return diskFull(project);
  return new FlowError({
    code: 'base-not-pulled',
    flow: project,
    what: `${reference}, which the Dockerfile names, could not be pulled (${lastLine(output)}).`,
    next: 'Deploy its project, or correct the Dockerfile.',
  });
}

export function loginError({ output }: EngineRun, { project, host }: { project: string; host: string }): FlowError {
  return new FlowError({
    code: 'login-failed',
    flow: project,
    what: `The engine could not log in to ${host} (${lastLine(output)}).`,
    next: 'Check that this machine reaches the registry (proxy, VPN, certificates).',
  });
}

function isDiskFull(output: string): boolean {
  return /no space left on device|disk quota exceeded/i.test(output);
}

function diskFull(project: string): FlowError {
  return new FlowError({
    code: 'disk-full',
    flow: project,
    what: 'The disk on which the engine keeps images is full.',
    next: 'Free some: docker system prune (podman, buildah: their own prune), and run again.',
  });
}

function lastLine(output: string): string {
  const lines = output
    .trimEnd()
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return (
    lines.findLast((line) => /error|denied|failed|invalid|unknown/i.test(line)) ??
    lines.at(-1) ??
    'it said nothing'
  ).trim();
}
