import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { DeployOptions } from '../options/docker-deploy-options';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import { findLocks, parentOf, readLock } from '../workspace/locks/locks';
import { type Content, contentTag, defaultPlatform } from './content-tag';
import { type ContextFile, listContext } from './context';
import { type DockerfileFacts, readDockerfile } from './dockerfile';
import { type FlowCode, codeLabels } from './flow-code';
import { type IgnoreFile, findIgnoreFile } from './ignore-file';
import { defaultImageName } from './image-name';
import { OUTPUTS, isFolder, outputOf, placesOf } from './places';

/** Where an image comes from and what it is called. Paths are relative to the workspace root. */
export interface ImageSource {
  project: string;
  dockerfile: string;
  context: string;
  facts: DockerfileFacts;
  /** Repository in ECR. */
  repository: string;
  platforms: string[];
  ignore: IgnoreFile | undefined;
  /** Images of other projects that are named by more than an argument, with their digests: pulled before a build. */
  pulled: Readonly<Record<string, string>>;
  /** Flows that run the code in the image. */
  flows: readonly FlowCode[];
  /** What a deploy writes. */
  output: string;
}

export interface OfProject {
  workspaceRoot: string;
  project: string;
  /** Relative to the workspace root; `.` for the root itself. */
  projectRoot: string;
}

/** @throws FlowError `no-dockerfile`, `no-context` */
export function imageSource({ workspaceRoot, project, projectRoot }: OfProject, options: DeployOptions): ImageSource {
  const { dockerfile, context } = placesOf({ ...options, projectRoot });
  if (!isFile(join(workspaceRoot, dockerfile))) {
    throw new FlowError({
      code: 'no-dockerfile',
      flow: project,
      file: dockerfile,
      what: 'There is no Dockerfile.',
      next: 'Write one, or correct the option "dockerfile" (from the workspace root).',
    });
  }
  if (!existsSync(join(workspaceRoot, context))) {
    throw new FlowError({
      code: 'no-context',
      flow: project,
      file: context,
      what: 'The build context does not exist.',
      next: 'Correct the option "context" (a folder, from the workspace root).',
    });
  }
  for (const folder of Object.values(options.buildContexts).filter(isFolder)) {
    if (existsSync(join(workspaceRoot, folder))) continue;
    throw new FlowError({
      code: 'no-context',
      flow: project,
      file: folder,
      what: 'The folder does not exist.',
      next: 'Correct the option "buildContexts" (folders, from the workspace root).',
    });
  }
  const text = readFileSync(join(workspaceRoot, dockerfile), 'utf8');
  const facts = readDockerfile(text, options.buildArgs, Object.keys(options.buildContexts));
  facts.sources.push(...Object.values(options.buildContexts).filter((place) => !isFolder(place)));
  const named = {
    project: projectRoot === '.' ? undefined : project,
    dockerfile: facts,
    lockedPrefect: lockedPrefect(workspaceRoot, projectRoot),
  };
  return {
    project,
    dockerfile,
    context,
    facts,
    repository: options.imageName ?? defaultImageName(named),
    platforms: options.platforms.length > 0 ? options.platforms : [defaultPlatform()],
    ignore: findIgnoreFile(workspaceRoot, dockerfile, context),
    pulled: {},
    flows: [],
    output: outputOf(project),
  };
}

export interface ReadContent {
  tag: string;
  /** Files and folders that the engine would be sent, and their bytes. */
  count: number;
  size: number;
  /** Labels that tell `register` whose code the image holds. */
  codeLabels: Record<string, string>;
}

/** The tag for what the source gives now, and what the engine would be sent. */
export async function readContent(
  workspaceRoot: string,
  source: ImageSource,
  { buildArgs, buildContexts, labels, target, args, sbom, provenance }: DeployOptions,
): Promise<ReadContent> {
  const { dockerfile, context, ignore, platforms, flows } = source;
  const list = (folder: string, ignoreText: string) =>
    listContext(join(workspaceRoot, folder), ignoreText, [posix.relative(folder, OUTPUTS)]);
  const { files, size } = await list(context, ignore?.text ?? '');
  const contexts = Object.entries(buildContexts).map(async ([name, place]) => [
    name,
    // Whether an engine reads the ignore file of such a folder depends on its version: so all of it counts.
    isFolder(place) ? (await list(place, '')).files : place,
  ]);
  const content: Content = {
    dockerfile: sha256(readFileSync(join(workspaceRoot, dockerfile))),
    files,
    buildArgs,
    bases: source.pulled,
    contexts: Object.fromEntries(await Promise.all(contexts)) as Record<string, ContextFile[] | string>,
    labels,
    target,
    platforms,
    args,
    ...(sbom === undefined && provenance === undefined
      ? {}
      : { attached: { sbom: sbom ?? null, provenance: provenance ?? null } }),
  };
  const ofCode = codeLabels(flows, context, content);
  // An image without them could not be registered, so they count: the files that they stand for count as well.
  const tag = contentTag({ ...content, labels: { ...labels, ...ofCode } });
  return { tag, count: files.length, size, codeLabels: ofCode };
}

/** Prefect's version in the lock that governs the project. */
function lockedPrefect(workspaceRoot: string, projectRoot: string): string | undefined {
  const folders = [''];
  for (let folder = projectRoot === '.' ? '' : projectRoot; folder !== ''; folder = parentOf(folder))
    folders.push(folder);
  const files = folders.flatMap((folder) =>
    readdirSync(join(workspaceRoot, folder)).map((name) => posix.join(folder, name)),
  );
  const lock = findLocks(files)(projectRoot === '.' ? '' : projectRoot);
  const version =
    lock && readLock(lock, workspaceRoot, new Map(files.map((file) => [file, '']))).packages.get('prefect')?.version;
  return version || undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
