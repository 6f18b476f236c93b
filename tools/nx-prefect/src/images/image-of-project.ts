import type { ExecutorContext, Task } from '@nx/devkit';
import { Ecr, type Held } from './ecr';
import { isImageOf, saysWhere } from './base-images';
import { flowsIn } from './flow-code';
import { digestOf } from './held-image';
import type { ImageSource } from './image-source';
import { type RegistryLocation, locationsOf } from './registry-location';
import { FlowError } from '../core/errors';
import { parseOptions } from '../options/parse-options';
import { type DeployOptions, schema as deploySchema } from '../options/docker-deploy-options';
import { type GivenOptions, type RegisterOptions, schema } from '../options/register-options';

/** What ECR holds under the tag of each project's image, by project: `<repository>@<digest>`, or why there is none. */
export type ImagesOfProjects = ReadonlyMap<string, string | Error>;

interface Calls {
  made: Map<string, Promise<Held>>;
  say: (line: string) => void;
}

/**
 * Asks ECR for the images that the tasks' options name by project: one call a repository. Nothing is asked where none
 * does.
 * @param say told that one waits for ECR
 */
export async function findImages(
  tasks: readonly Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
  say: (line: string) => void,
): Promise<ImagesOfProjects> {
  const calls: Calls = { made: new Map(), say };
  const projects = new Set(tasks.flatMap(({ id }) => projectOf(options[id]) ?? []));
  const found = [...projects].map(async (project): Promise<[string, string | Error]> => {
    try {
      return [project, await imageOf(project, context, calls)];
    } catch (error) {
      return [project, error as Error];
    }
  });
  return new Map(await Promise.all(found));
}

/** `<repository>@<digest>` of one project's image, as ECR holds it. */
export function deployedImage(project: string, context: ExecutorContext, say: (line: string) => void): Promise<string> {
  return imageOf(project, context, { made: new Map(), say });
}

/** The options with an image in place of the project's name. @throws what kept {@link findImages} from finding it */
export function withImage({ image, ...options }: GivenOptions, images: ImagesOfProjects): RegisterOptions {
  // The code store asks for it, and for more.
  if (options.code === 'image' && typeof image === 'object') return { ...options, imageProject: image.projectOf };
  if (image === undefined || typeof image === 'string')
    return { ...options, ...(image === undefined ? {} : { image }) };
  const found = images.get(image.projectOf);
  if (found instanceof Error) throw found;
  return { ...options, ...(found === undefined ? {} : { image: found }) };
}

function projectOf(given: unknown): string | undefined {
  if ((given as { code?: unknown } | undefined)?.code === 'image') return undefined;
  const parsed = schema.shape.image.safeParse((given as { image?: unknown } | undefined)?.image);
  return parsed.success && typeof parsed.data === 'object' ? parsed.data.projectOf : undefined;
}

/** An image of a project as ECR holds it. */
export interface ImageInEcr {
  /** `<repository>@<digest>` */
  ref: string;
  /** Of the code that this source would put into it; empty where that was not asked. */
  labels: Record<string, string>;
  repository: string;
  location: RegistryLocation;
}

/** The image that ECR holds of a project, with the labels of flows' code that this source would give it. */
export function imageWithCode(
  project: string,
  context: ExecutorContext,
  say: (line: string) => void,
): Promise<ImageInEcr> {
  return findInEcr(project, context, { made: new Map(), say }, true);
}

/** `<repository>@<digest>` that ECR holds under a project's first tag. @throws FlowError where it holds none */
async function imageOf(project: string, context: ExecutorContext, calls: Calls): Promise<string> {
  return (await findInEcr(project, context, calls, false)).ref;
}

async function findInEcr(
  project: string,
  context: ExecutorContext,
  calls: Calls,
  withCode: boolean,
): Promise<ImageInEcr> {
  const { root, projectGraph } = context;
  const data = projectGraph.nodes[project]?.data;
  const target = data?.targets?.['docker-deploy'];
  if (!data || !target) {
    throw new FlowError({
      code: 'no-image-project',
      what:
        `The image of the project ${project} is asked for, ` +
        `which ${data ? 'has no target docker-deploy' : 'does not exist'}.`,
      next:
        'Let the option "image" name a project with a Dockerfile: {"projectOf": "<project>"}. ' +
        '`npx nx show projects --withTarget docker-deploy` lists them.',
    });
  }
  const given = parseOptions(deploySchema, `${project}:docker-deploy`, target.options ?? {});
  // Reads the formats of lock files, a tenth of a second to load: only where an image is asked for.
  const { imageSource, readContent } = await import('./image-source.js');
  const first = imageSource({ workspaceRoot: root, project, projectRoot: data.root }, given);
  const { repository } = first;
  let tag = given.tags[0];
  let labels = {};
  if (tag === undefined || withCode) {
    const refOf = (base: string) => imageOf(base, context, calls);
    const { source, options } = await amongProjects(first, given, context, refOf);
    const content = await readContent(root, source, options);
    tag ??= content.tag;
    labels = content.codeLabels;
  }
  const { repositoryUri, images } = await ask(calls, given, repository, tag);
  const image = images?.get(tag);
  if (image === undefined || repositoryUri === undefined) {
    throw new FlowError({
      code: 'image-not-deployed',
      what: `ECR holds no image ${repository}:${tag} of the project ${project}.`,
      next: `Run: npx nx run ${project}:docker-deploy`,
    });
  }
  return { ref: `${repositoryUri}@${digestOf(image)}`, labels, repository, location: locationsOf(given)[0] };
}

/**
 * An image's source and options with what other projects say of it: the code of the flows that run in it, and the
 * digests of the images that it starts from or takes files from. Each digest is the value of the argument that FROM
 * names, and so part of the content. What the Dockerfile names by more is pulled before the build.
 *
 * @param refOf `<repository>@<digest>` of a project's image; undefined = it is not known yet
 */
export async function amongProjects(
  source: ImageSource,
  options: DeployOptions,
  context: ExecutorContext,
  refOf: (project: string) => Promise<string | undefined> | string | undefined,
): Promise<{ source: ImageSource; options: DeployOptions }> {
  const others = Object.values(context.projectGraph.nodes).flatMap(({ name: project, data }) => {
    const target = data.targets?.['docker-deploy'];
    const { imageName } = (target?.options ?? {}) as { imageName?: string };
    return target && project !== source.project ? [{ project, imageName }] : [];
  });
  const { facts } = source;
  const buildArgs = { ...options.buildArgs };
  const pulled: Record<string, string> = {};
  const settled = async (name: string): Promise<string> => {
    const other = others.find((image) => isImageOf(name, image));
    const ref = other && (await refOf(other.project));
    if (!other || ref === undefined) return name;
    const argument = facts.baseArgs[name];
    if (argument !== undefined) buildArgs[argument] = ref;
    else if (saysWhere(name)) pulled[name] = ref;
    else throw withoutArgument(source, name, other.project);
    return ref;
  };
  const bases: string[] = [];
  for (const base of facts.bases) bases.push(await settled(base));
  const sources: string[] = [];
  for (const from of facts.sources) sources.push(await settled(from));
  const flows = await flowsIn(source.project, context);
  return {
    source: { ...source, flows, pulled, facts: { ...facts, bases, sources } },
    options: { ...options, buildArgs },
  };
}

function withoutArgument({ project, dockerfile, facts }: ImageSource, name: string, other: string): FlowError {
  const isBase = facts.bases.includes(name);
  return new FlowError({
    code: 'base-without-argument',
    flow: project,
    file: dockerfile,
    what: `The Dockerfile names ${name}, the image of the project ${other}, without its registry.`,
    next:
      `Write ARG BASE=${name} above, and FROM \${BASE}${isBase ? '' : ' AS other with COPY --from=other'}: ` +
      'the deploy puts the digest there.',
  });
}

function ask(calls: Calls, options: DeployOptions, repository: string, tag: string): Promise<Held> {
  const [location] = locationsOf(options);
  const key = JSON.stringify([location, repository, tag]);
  const call = calls.made.get(key) ?? new Ecr(location, calls.say).find(repository, [tag]);
  calls.made.set(key, call);
  return call;
}
