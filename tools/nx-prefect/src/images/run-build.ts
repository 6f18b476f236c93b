import { homedir } from 'node:os';
import { join } from 'node:path';
import { FlowError } from '../core/errors';
import type { DeployOptions } from '../options/docker-deploy-options';
import type { Engine } from './container-engine';
import { type BuildRequest, buildArgv, layerCache } from './container-engine-argv';
import { buildError } from './container-engine-failures';
import { type ImageSource, readContent } from './image-source';
import { isFolder } from './places';
import type { EngineRun, RunEngine } from './run-container-engine';

export interface Build {
  workspaceRoot: string;
  source: ImageSource;
  options: DeployOptions;
  contentTag: string;
  /** Labels that tell whose code the image holds. */
  codeLabels: Readonly<Record<string, string>>;
  /** Whether what the engine prints goes to the terminal as it comes. Else it is said when a build fails. */
  isShown: boolean;
  /** Is told what is done, as it is done. */
  say: (line: string) => void;
}

/** What is more than one image of one platform, docker's own store may not hold: docker pushes it as it builds. */
export function isPushedAsBuilt({ source, options }: Build, engine: Engine): boolean {
  const isList = source.platforms.length > 1 || options.sbom !== undefined || options.provenance !== undefined;
  return engine.name === 'docker' && isList;
}

interface How {
  /** Names that the image gets. */
  references: string[];
  /** Repository with the layers of earlier builds. */
  cache?: string | undefined;
  isPushed?: boolean;
}

/** @throws FlowError `image-build-failed`, `disk-full` */
export async function runBuild(build: Build, engine: Engine, run: RunEngine, how: How): Promise<void> {
  // podman and buildah would add to a list that an earlier run left.
  if (build.source.platforms.length > 1 && engine.name !== 'docker')
    await run(engine, ['manifest', 'rm', how.references[0] ?? ''], { isQuiet: true });
  const built = await tryBuild(build, engine, run, how);
  if (!built.ok) throw failedBuild(build, built);
}

export function failedBuild({ isShown, say, source }: Build, run: EngineRun): FlowError {
  if (!isShown) say(run.output.trimEnd());
  return buildError(run, { project: source.project, file: source.dockerfile });
}

export function tryBuild(
  { workspaceRoot, source, options, codeLabels }: Build,
  engine: Engine,
  run: RunEngine,
  { references, cache, isPushed = false }: How,
): Promise<EngineRun> {
  const absolute = (path: string) => join(workspaceRoot, path);
  const secrets = Object.entries(options.secrets).map(([id, from]) => [
    id,
    'file' in from ? { file: from.file.replace(/^~(?=\/)/, homedir()) } : from,
  ]);
  const contexts = Object.entries(options.buildContexts).map(([name, place]) => [
    name,
    isFolder(place) ? absolute(place) : place,
  ]);
  const layers = cache === undefined ? undefined : layerCache(engine, cache);
  const request: BuildRequest = {
    ...options,
    dockerfile: absolute(source.dockerfile),
    context: absolute(source.context),
    ignoreFile: source.ignore && absolute(source.ignore.file),
    references,
    platforms: source.platforms,
    secrets: Object.fromEntries(secrets),
    buildContexts: Object.fromEntries(contexts),
    labels: { ...options.labels, ...codeLabels },
    target: options.target,
    cacheFrom: [...options.cacheFrom, ...(layers?.from ?? [])],
    cacheTo: [...options.cacheTo, ...(layers?.to ?? [])],
    sbom: options.sbom,
    provenance: options.provenance,
    isPushed,
  };
  return run(engine, buildArgv(engine, request));
}

/** A file that changed while the engine read it would stand under the content tag of another one, for good. */
export async function requireSame({ workspaceRoot, source, options, contentTag }: Build): Promise<void> {
  const { tag } = await readContent(workspaceRoot, source, options);
  if (tag === contentTag) return;
  throw new FlowError({
    code: 'context-changed',
    flow: source.project,
    file: source.context,
    what: 'The build context changed while the image was built; no tag was put on it.',
    next: 'Run the command again.',
  });
}
