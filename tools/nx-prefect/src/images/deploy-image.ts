import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ecr, type HeldImage, locationOf } from './ecr';
import type { DeployOptions } from '../options/docker-deploy-options';
import { FlowError } from '../core/errors';
import { type Build, buildAndPush, buildOnly } from './build-and-push';
import { type Decision, decide, imageSize } from './decision';
import { unpinned } from './dockerfile';
import { type ImageSource, readContent } from './image-source';
import { writeWhole } from '../core/write-file';

/** What the declared output holds. */
interface Deployed {
  repositoryUri: string;
  /** The first of the user's tags, else the content tag. */
  tag: string;
  contentTag: string;
  digest: string;
  /** `<repositoryUri>@<digest>`: what a flow's run configuration can name for good. */
  imageRef: string;
}

/** What a deploy came to. */
export interface ImageOutcome {
  /** Whether ECR held it all before. */
  isUnchanged: boolean;
  /** Image with its digest, what was done and why, size. */
  line: string;
  /** By what another image can start from it; undefined where nothing was built. */
  imageRef: string | undefined;
}

/** Deploys one project's image. @param say is told what is done on the way */
export async function deployImage(
  workspaceRoot: string,
  source: ImageSource,
  options: DeployOptions,
  { isShown, say }: Pick<Build, 'isShown' | 'say'>,
): Promise<ImageOutcome> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  const { tag: contentTag, count, size } = await readContent(workspaceRoot, source, options);
  const build: Build = { workspaceRoot, source, options, contentTag, isShown, say };
  const { repository } = source;
  const done = (imageRef: string | undefined, line: string, isUnchanged = false): ImageOutcome => ({
    isUnchanged,
    line,
    imageRef,
  });
  noteUnpinned(source, say);
  if (!options.push) {
    const { engine, seconds: built } = await buildOnly(build);
    const name = `${repository}:${contentTag}`;
    return done(name, `${name}: built by ${engine.name} in ${built.toFixed(1)} s, not pushed.`);
  }

  const ecr = new Ecr(locationOf(options), say);
  const tags = [contentTag, ...options.tags];
  const held = await ecr.find(repository, tags);
  const decision: Decision = options.force
    ? { kind: 'build', createRepository: held.images === undefined }
    : decide(held, contentTag, options.tags);
  if (options.dryRun) {
    const context = `${contentTag}, context of ${count} files and folders, ${megabytes(size)}`;
    const known = decision.kind === 'build' ? undefined : `${held.repositoryUri}@${decision.image.digest}`;
    return done(known, `${repository}: dry run: ${intent(decision, options)} (${context}).`);
  }
  if (decision.kind === 'nothing') {
    const { imageRef } = record(build, held.repositoryUri ?? '', decision.image);
    const why = `ECR holds what this source gives (${contentTag}, ${sizeOf(build, decision.image)})`;
    return done(imageRef, `${imageRef}: nothing to do, ${why}; no build, no push. ${seconds()}`, true);
  }
  if (decision.kind === 'retag') {
    for (const tag of decision.tags) await ecr.putTag(repository, tag, decision.image);
    const { imageRef } = record(build, held.repositoryUri ?? '', decision.image);
    const why = decision.tags.map((tag) => `${tag} was ${held.images?.has(tag) ? 'on another image' : 'missing'}`);
    const what = `${decision.tags.join(', ')} put on it; no build, no layer moved`;
    return done(
      imageRef,
      `${imageRef}: ${what} (${contentTag}, ${sizeOf(build, decision.image)}); ${why.join(', ')}. ${seconds()}`,
    );
  }

  if (decision.createRepository && !options.createRepository) throw noRepository(source, repository);
  const pushed = await buildAndPush(build, ecr, async () => {
    if (decision.createRepository && (await ecr.createRepository(repository, settings(build))))
      build.say(`Created the repository ${repository}.`);
  });
  const image = await confirm(ecr, build, pushed.digest);
  const { imageRef } = record(build, pushed.repositoryUri, image);
  const why = options.force ? 'forced' : 'ECR had no image of this content';
  return done(
    imageRef,
    `${imageRef}: built by ${pushed.engine.name} in ${pushed.built.toFixed(1)} s, ` +
      `pushed in ${pushed.pushed.toFixed(1)} s as ${[...options.tags, contentTag].join(', ')} ` +
      `(${sizeOf(build, image)}); ${why}. ${seconds()}`,
  );
}

/** Bytes to pull, or the platforms of a list. */
function sizeOf({ source }: Build, { manifest }: HeldImage): string {
  const bytes = imageSize(manifest);
  return bytes === undefined ? source.platforms.join(', ') : megabytes(bytes);
}

/**
 * ECR's own word for what is there now. Where two deploys of one content crossed, all tags end on the image that has
 * the content tag.
 */
async function confirm(
  ecr: Ecr,
  { source, options, contentTag }: Build,
  digest: string | undefined,
): Promise<HeldImage> {
  const { repository, project } = source;
  const tags = [contentTag, ...options.tags];
  let { images } = await ecr.find(repository, tags);
  if (!images?.has(contentTag) && digest !== undefined) {
    const byTag = [...(images?.values() ?? [])].find((image) => image.digest === digest);
    if (byTag) {
      await ecr.putTag(repository, contentTag, byTag);
      ({ images } = await ecr.find(repository, tags));
    }
  }
  const decision = decide({ images }, contentTag, options.tags);
  if (decision.kind === 'build') {
    throw new FlowError({
      code: 'push-unconfirmed',
      flow: project,
      what: `ECR does not hold ${repository}:${contentTag} after the push.`,
      next: 'Run the command again; look for a lifecycle policy or a person that removes images.',
    });
  }
  if (decision.kind === 'retag') for (const tag of decision.tags) await ecr.putTag(repository, tag, decision.image);
  return decision.image;
}

function record(
  { workspaceRoot, source, options: { tags }, contentTag }: Build,
  repositoryUri: string,
  { digest }: HeldImage,
): Deployed {
  const deployed = {
    repositoryUri,
    tag: tags[0] ?? contentTag,
    contentTag,
    digest,
    imageRef: `${repositoryUri}@${digest}`,
  };
  const file = join(workspaceRoot, source.output);
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, `${JSON.stringify(deployed, null, 2)}\n`);
  return deployed;
}

function intent(decision: Decision, { tags, createRepository }: DeployOptions): string {
  if (decision.kind === 'nothing') return 'nothing to do, ECR holds what this source gives';
  if (decision.kind === 'retag') return `would put ${decision.tags.join(', ')} on ${decision.image.digest}`;
  const create = decision.createRepository
    ? createRepository
      ? 'create the repository, '
      : 'fail, since there is no repository and createRepository is off; else '
    : '';
  return `would ${create}build, and push as ${[...tags, 'the content tag'].join(', ')}`;
}

/** A lifecycle policy may stand in a file. */
function settings({ workspaceRoot, source: { project }, options: { repository } }: Build): DeployOptions['repository'] {
  const { lifecyclePolicy } = repository;
  if (typeof lifecyclePolicy !== 'string' || lifecyclePolicy.trimStart().startsWith('{')) return repository;
  try {
    return { ...repository, lifecyclePolicy: readFileSync(join(workspaceRoot, lifecyclePolicy), 'utf8') };
  } catch (cause) {
    throw new FlowError({
      code: 'no-lifecycle-policy',
      flow: project,
      file: lifecyclePolicy,
      what: 'The lifecycle policy cannot be read.',
      next: 'Correct "lifecyclePolicy" in the option "repository": JSON, or a file from the workspace root.',
      cause,
    });
  }
}

function noRepository({ project }: ImageSource, repository: string): FlowError {
  return new FlowError({
    code: 'no-repository',
    flow: project,
    what: `There is no repository ${repository}, and the option createRepository is off.`,
    next: `Create it (aws ecr create-repository --repository-name ${repository}), or turn createRepository on.`,
  });
}

function noteUnpinned({ facts }: ImageSource, say: (line: string) => void): void {
  const names = unpinned(facts);
  if (names.length > 0)
    say(`Note: no digest pins ${names.join(', ')}: a newer one comes in only when something else changes.`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
