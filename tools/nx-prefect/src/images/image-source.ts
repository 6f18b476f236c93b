import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { DeployOptions } from '../options/docker-deploy-options';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import { findLocks, parentOf, readLock } from '../workspace/locks/locks';
import { contentTag, defaultPlatform } from './content-tag';
import { type ContextFile, listContext } from './context';
import { type DockerfileFacts, readDockerfile } from './dockerfile';
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
      what: 'The build context is not there.',
      next: 'Correct the option "context" (a folder, from the workspace root).',
    });
  }
  for (const folder of Object.values(options.buildContexts).filter(isFolder)) {
    if (existsSync(join(workspaceRoot, folder))) continue;
    throw new FlowError({
      code: 'no-context',
      flow: project,
      file: folder,
      what: 'The folder is not there.',
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
    output: outputOf(project),
  };
}

/** The tag for what the source gives now, and what the engine would be sent. */
export async function readContent(
  workspaceRoot: string,
  source: ImageSource,
  { buildArgs, buildContexts, labels, target, args, sbom, provenance }: DeployOptions,
): Promise<{ tag: string; count: number; size: number }> {
  const { dockerfile, context, ignore, platforms } = source;
  const list = (folder: string, ignoreText: string) =>
    listContext(join(workspaceRoot, folder), ignoreText, [posix.relative(folder, OUTPUTS)]);
  const { files, size } = await list(context, ignore?.text ?? '');
  const contexts = Object.entries(buildContexts).map(async ([name, place]) => [
    name,
    // Whether an engine reads the ignore file of such a folder depends on its version: so all of it counts.
    isFolder(place) ? (await list(place, '')).files : place,
  ]);
  const tag = contentTag({
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
  });
  return { tag, count: files.length, size };
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
