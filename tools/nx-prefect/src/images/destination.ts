import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '../core/errors';
import type { RepositorySettings } from '../options/docker-deploy-options';
import type { Pushed } from './build-and-push';
import { type Decision, type Present, decide } from './decision';
import { Ecr, type Held } from './ecr';
import { type HeldImage, digestOf } from './held-image';
import { cacheOf, cacheSettings } from './layer-cache';
import type { RegistryLocation } from './registry-location';
import type { Build } from './run-build';
import { requireSafe } from './scan-gate';

/** An image that is where it should be. */
export interface Settled {
  image: HeldImage;
  /** `123456789012.dkr.ecr.us-east-1.amazonaws.com/team/worker` */
  repositoryUri: string;
  /** Tags that were put on it, and why. */
  tagged: { tag: string; why: string }[];
  /** What the scan found, where that was asked for. */
  scan: string | undefined;
}

/** One registry that an image goes to. */
export class Destination {
  private constructor(
    readonly ecr: Ecr,
    private readonly build: Build,
    readonly found: Held,
    readonly decision: Decision,
  ) {}

  static async find(build: Build, location: RegistryLocation): Promise<Destination> {
    const { source, options, contentTag } = build;
    const ecr = new Ecr(location, build.say);
    const found = await ecr.find(source.repository, [contentTag, ...options.tags]);
    const decision: Decision = options.force
      ? { kind: 'build', createRepository: found.images === undefined }
      : decide(found, contentTag, options.tags);
    return new Destination(ecr, build, found, decision);
  }

  /** `<repository>@<digest>` of what it holds; undefined where the image is to be built. */
  get held(): string | undefined {
    if (this.decision.kind === 'build') return undefined;
    return `${this.found.repositoryUri}@${digestOf(this.decision.image)}`;
  }

  /** @throws FlowError `no-repository` where none may be created */
  requireRepository(): void {
    const { source, options } = this.build;
    if (this.found.images !== undefined || options.createRepository) return;
    const { project, repository } = source;
    throw new FlowError({
      code: 'no-repository',
      flow: project,
      what: `There is no repository ${repository}, and the option createRepository is off.`,
      next: `Create it (aws ecr create-repository --repository-name ${repository}), or turn createRepository on.`,
    });
  }

  /** Creates the repositories that it lacks, before anything is built. */
  async prepare(): Promise<void> {
    const { source, options, say } = this.build;
    const create = async (repository: string, settings: RepositorySettings) => {
      if (await this.ecr.createRepository(repository, settings)) say(`Created the repository ${repository}.`);
    };
    if (this.found.images === undefined) await create(source.repository, settingsOf(this.build));
    if (options.cache && options.createRepository)
      await create(cacheOf(source.repository), cacheSettings(options.repository));
  }

  /** Puts the tags on the image that ECR holds, once the findings of its scan let it. */
  async settle(pushed: Pushed | undefined): Promise<Settled> {
    const { source, options } = this.build;
    const { decision, repositoryUri } = await this.#present(pushed?.tag);
    const { image } = decision;
    const scan = options.failOn && (await requireSafe(this.ecr, this.build, image));
    const tags = decision.kind === 'retag' ? decision.tags : [];
    for (const tag of tags) await this.ecr.putTag(source.repository, tag, image);
    const tagged = tags.map((tag) => ({
      tag,
      why: this.found.images?.has(tag) ? 'on another image' : 'missing',
    }));
    return { image, repositoryUri, tagged, scan };
  }

  /** ECR's own word for what is there now. Where two deploys of one content crossed, theirs is as good. */
  async #present(pushedAs: string | undefined): Promise<{ decision: Present; repositoryUri: string }> {
    const { source, options, contentTag } = this.build;
    const found = ({ repositoryUri = '' }: Held, decision: Present) => ({ decision, repositoryUri });
    if (this.decision.kind !== 'build') return found(this.found, this.decision);
    const find = () => this.ecr.find(source.repository, [contentTag, ...options.tags]);
    let held = await find();
    if (pushedAs !== undefined && pushedAs !== contentTag && (options.force || !held.images?.has(contentTag))) {
      const fresh = (await this.ecr.find(source.repository, [pushedAs])).images?.get(pushedAs);
      if (fresh) await this.ecr.putTag(source.repository, contentTag, fresh);
      held = await find();
    }
    const decision = decide(held, contentTag, options.tags);
    if (decision.kind !== 'build') return found(held, decision);
    throw new FlowError({
      code: 'push-unconfirmed',
      flow: source.project,
      what: `ECR does not hold ${source.repository}:${contentTag} after the push.`,
      next: 'Run the command again; look for a lifecycle policy or a person that removes images.',
    });
  }
}

/** A lifecycle policy may stand in a file. */
function settingsOf({ workspaceRoot, source: { project }, options: { repository } }: Build): RepositorySettings {
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
