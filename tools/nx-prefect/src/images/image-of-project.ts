import type { ExecutorContext, Task } from '@nx/devkit';
import { Ecr, type Held } from './ecr';
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

/** The options with an image in place of the project's name. @throws what kept {@link findImages} from finding it */
export function withImage({ image, ...options }: GivenOptions, images: ImagesOfProjects): RegisterOptions {
  if (image === undefined || typeof image === 'string')
    return { ...options, ...(image === undefined ? {} : { image }) };
  const found = images.get(image.projectOf);
  if (found instanceof Error) throw found;
  return { ...options, ...(found === undefined ? {} : { image: found }) };
}

function projectOf(given: unknown): string | undefined {
  const parsed = schema.shape.image.safeParse((given as { image?: unknown } | undefined)?.image);
  return parsed.success && typeof parsed.data === 'object' ? parsed.data.projectOf : undefined;
}

async function imageOf(project: string, { root, projectGraph }: ExecutorContext, calls: Calls): Promise<string> {
  const data = projectGraph.nodes[project]?.data;
  const target = data?.targets?.['docker-deploy'];
  if (!data || !target) {
    throw new FlowError({
      code: 'no-image-project',
      what:
        `The option "image" names the project ${project}, ` +
        `which ${data ? 'has no target docker-deploy' : 'does not exist'}.`,
      next: 'Name a project with a Dockerfile; `npx nx show projects --withTarget docker-deploy` lists them.',
    });
  }
  const options = parseOptions(deploySchema, `${project}:docker-deploy`, target.options ?? {});
  // Reads the formats of lock files, a tenth of a second to load: only where an image is asked for.
  const { imageSource, readContent } = await import('./image-source.js');
  const source = imageSource({ workspaceRoot: root, project, projectRoot: data.root }, options);
  const tag = options.tags[0] ?? (await readContent(root, source, options)).tag;
  const { repositoryUri, images } = await ask(calls, options, source.repository, tag);
  const digest = images?.get(tag)?.digest;
  if (digest === undefined || repositoryUri === undefined) {
    throw new FlowError({
      code: 'image-not-deployed',
      what: `ECR holds no image ${source.repository}:${tag} of the project ${project}.`,
      next: `Run: npx nx run ${project}:docker-deploy`,
    });
  }
  return `${repositoryUri}@${digest}`;
}

function ask(
  calls: Calls,
  { region, awsProfile, registryId }: DeployOptions,
  repository: string,
  tag: string,
): Promise<Held> {
  const key = JSON.stringify([region, awsProfile, registryId, repository, tag]);
  const location = { region, profile: awsProfile, registryId };
  const call = calls.made.get(key) ?? new Ecr(location, calls.say).find(repository, [tag]);
  calls.made.set(key, call);
  return call;
}
