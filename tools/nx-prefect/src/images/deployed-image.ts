import type { Pushed } from './build-and-push';
import type { Engine } from './container-engine';
import type { Destination, Settled } from './destination';
import { digestOf, sizeOf } from './held-image';
import type { Build } from './run-build';

/** What became of an image in one registry, for people. */
export interface DeployedImage {
  action: 'unchanged' | 'tagged' | 'pushed' | 'built' | 'to push' | 'to tag';
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com`, where there are several; else undefined. */
  registry: string | undefined;
  /** Image with its digest, what was done and why, size, time. */
  line: string;
  /** The same for a table: digest, size, what was done, why. */
  details: string[];
}

export function builtHere(
  { source, contentTag }: Build,
  { engine, seconds }: { engine: Engine; seconds: number },
): DeployedImage {
  const done = `built by ${engine.name} in ${seconds.toFixed(1)} s, not pushed`;
  return {
    action: 'built',
    registry: undefined,
    line: `${source.repository}:${contentTag}: ${done}.`,
    details: [contentTag, done],
  };
}

/** What a deploy would do. */
export function wouldDeploy(
  build: Build,
  { decision, found }: Destination,
  { count, size }: { count: number; size: number },
): DeployedImage {
  const { tags, createRepository } = build.options;
  const { repository } = build.source;
  let action: DeployedImage['action'] = 'unchanged';
  let intent = 'nothing to do, ECR holds the image of this source';
  if (decision.kind === 'retag') {
    action = 'to tag';
    intent = `would put ${decision.tags.join(', ')} on ${digestOf(decision.image)}`;
  } else if (decision.kind === 'build') {
    action = 'to push';
    const refusal = 'fail, since there is no repository and createRepository is off; else ';
    const create = !decision.createRepository ? '' : createRepository ? 'create the repository, ' : refusal;
    intent = `would ${create}build, and push as ${[...tags, 'the content tag'].join(', ')}`;
  }
  const context = `${build.contentTag}, context of ${count} files and folders, ${megabytes(size)}`;
  const registry = registryOf(build, found.repositoryUri);
  return {
    action,
    registry,
    line: `${registry === undefined ? '' : `${registry}/`}${repository}: dry run: ${intent} (${context}).`,
    details: [build.contentTag, intent],
  };
}

/** What a deploy did. */
export function deployedTo(
  build: Build,
  { decision }: Destination,
  { image, repositoryUri, tagged, scan, pushed, seconds }: Settled & { pushed: Pushed | undefined; seconds: number },
): DeployedImage {
  const { options, source, contentTag } = build;
  const tags = tagged.map(({ tag }) => tag).join(', ');
  let action: DeployedImage['action'] = 'unchanged';
  let done = 'nothing to do';
  let why = 'ECR holds the image of this source; no build, no push';
  if (decision.kind === 'build' && pushed) {
    action = 'pushed';
    const taken = pushed.from === undefined ? 'built' : `taken from ${pushed.from}`;
    done =
      `${taken} by ${pushed.engine.name} in ${pushed.built.toFixed(1)} s, ` +
      `pushed in ${pushed.pushed.toFixed(1)} s as ${[...options.tags, contentTag].join(', ')}`;
    why = options.force ? 'forced' : 'ECR had no image of this content';
  } else if (tagged.length > 0) {
    action = 'tagged';
    done = `${tags} put on it; no build, no layer moved`;
    why = tagged.map(({ tag, why: state }) => `${tag} was ${state}`).join(', ');
  }
  const bytes = sizeOf(image);
  const size = bytes === undefined ? source.platforms.join(', ') : megabytes(bytes);
  const found = scan === undefined ? [] : [scan];
  const digest = digestOf(image);
  return {
    action,
    registry: registryOf(build, repositoryUri),
    line:
      `${repositoryUri}@${digest}: ${done} (${action === 'pushed' ? size : `${contentTag}, ${size}`}); ` +
      `${[why, ...found].join('; ')}. ${seconds.toFixed(1)} s`,
    details: [digest.slice(0, 'sha256:'.length + 12), size, done, why, ...found],
  };
}

function registryOf({ options }: Build, repositoryUri = ''): string | undefined {
  return options.destinations.length > 1 ? repositoryUri.replace(/\/.*/s, '') : undefined;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
