import { z } from 'zod';
import { FlowError } from '../core/errors';
import { readJsonIfThere } from '../core/read-file';
import type { Layout } from '../workspace/layout';
import { isObject } from '../core/is-object';

const options = z.object({
  buildEnv: z.array(z.string()).default([]),
  dataFiles: z.array(z.string()).default([]),
  python: z.string().optional(),
});

/** `register` may name the project whose image its flow runs in. */
export const registerOptions = z.object({ image: z.object({ projectOf: z.string() }) });
const imageOptions = z.object({
  dockerfile: z.string().optional(),
  context: z.string().optional(),
  buildContexts: z.record(z.string(), z.string()).optional().catch(undefined),
  imageName: z.string().optional().catch(undefined),
});

const schema = z.object({
  name: z.string().optional().catch(undefined),
  targets: z
    .object({
      build: z.object({ options }).optional().catch(undefined),
      register: z.object({ options: registerOptions }).optional().catch(undefined),
      'docker-deploy': z.object({ options: imageOptions }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export interface ProjectJson {
  /** What its author calls the project instead of the inferred name. */
  name?: string;
  /** Environment variables that `targets.build.options.buildEnv` declares. */
  buildEnv: string[];
  /** Files outside of the flow's folder that `targets.build.options.dataFiles` declares. */
  dataFiles: string[];
  /** Interpreter or virtual environment that `targets.build.options.python` names. */
  python?: string;
  /** Project that `targets.register.options.image.projectOf` names. */
  imageOf?: string;
  /** What `targets.docker-deploy.options` says of where the image comes from, and what it is called. */
  image?: z.output<typeof imageOptions>;
}

const NOTHING: ProjectJson = { buildEnv: [], dataFiles: [] };

/**
 * By absolute path, with Nx's hash: several ask for each graph, and a daemon does again after every edit of anything.
 */
const known = new Map<string, { hash: string; projectJson: ProjectJson }>();

/**
 * Of the folder `root`. `files` has Nx's hash of every file of the workspace. Nx itself reports one that is no JSON,
 * with the place.
 * @throws FlowError `project-json` for one whose parts are not what Nx expects: it would leave them out without a word
 */
export function projectJsonOf(workspaceRoot: string, root: string, files: ReadonlyMap<string, string>): ProjectJson {
  const path = root === '.' ? 'project.json' : `${root}/project.json`;
  const hash = files.get(path);
  if (hash === undefined) return NOTHING;
  const file = `${workspaceRoot}/${path}`;
  const before = known.get(file);
  if (before?.hash === hash) return before.projectJson;
  const projectJson = readProjectJson(file, path);
  known.set(file, { hash, projectJson });
  return projectJson;
}

function readProjectJson(file: string, path: string): ProjectJson {
  const content = readJsonIfThere(file);
  refuseOtherShapes(content, path);
  const parsed = schema.safeParse(content);
  if (!parsed.success) return NOTHING;
  const { name, targets } = parsed.data;
  const { buildEnv = [], dataFiles = [], python } = targets?.build?.options ?? {};
  const image = targets?.['docker-deploy']?.options;
  const imageOf = targets?.register?.options.image.projectOf;
  return {
    ...(name === undefined ? {} : { name }),
    ...(python === undefined ? {} : { python }),
    ...(image === undefined ? {} : { image }),
    ...(imageOf === undefined ? {} : { imageOf }),
    buildEnv,
    dataFiles,
  };
}

function refuseOtherShapes(content: unknown, file: string): void {
  if (content === undefined || content === null) return; // Nx's to say
  requireShape(isObject(content), file, 'The file', 'an object', content);
  const { name, targets = {} } = content as { name?: unknown; targets?: unknown };
  requireShape(name === undefined || typeof name === 'string', file, '"name"', 'text', name);
  requireShape(isObject(targets), file, '"targets"', 'an object', targets);
  for (const [target, settings] of Object.entries(targets as object) as [string, unknown][]) {
    requireShape(isObject(settings), file, `"targets.${target}"`, 'an object', settings);
    const { options: given = {}, configurations = {} } = settings as { options?: unknown; configurations?: unknown };
    requireShape(isObject(given), file, `"targets.${target}.options"`, 'an object', given);
    requireShape(isObject(configurations), file, `"targets.${target}.configurations"`, 'an object', configurations);
  }
}

function requireShape(isRight: boolean, file: string, key: string, expected: string, found: unknown): void {
  if (isRight) return;
  throw new FlowError({
    code: 'project-json',
    file,
    what: `${key} must be ${expected}, and is ${JSON.stringify(found)?.slice(0, 60)}.`,
    next: 'Correct it, or leave it out.',
  });
}

/**
 * The folders whose project.json names the project, with the name: two that swap theirs leave stale edges in Nx's
 * cache.
 */
export function givenNames(
  workspaceRoot: string,
  { flows, libs, packages }: Layout,
  files: ReadonlyMap<string, string>,
): [root: string, name: string][] {
  return [...flows, ...libs, ...packages].flatMap(({ root }): [string, string][] => {
    const { name } = projectJsonOf(workspaceRoot, root, files);
    return name === undefined ? [] : [[root, name]];
  });
}
