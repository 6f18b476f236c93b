import { mkdirSync, rmSync } from 'node:fs';
import { sameJson } from '../core/canonical';
import type { KeptBuilds } from '../stores/code-store';
import { engineNamed } from '../engines/engines';
import type { Opened } from '../engines/loaded';
import { type Manifest, manifestOptions } from '../engines/manifest';
import type { FlowToBuild } from '../engines/staged-flow';
import { readManifest, readShared, sharedText, writeBuild } from './manifest-file';
import { isAsBefore } from './opened-state';
import type { Source } from './sources';
import { passedOn } from './worker/worker-environment';

/**
 * Why a build is this machine's alone, in words that end a sentence; undefined where its source decides that.
 *
 * @param opened what the load read beside what ships; of a build in `dist/` only its manifest tells
 */
export function boundBecause(
  { options, opened: paths, environmentRead }: Manifest,
  opened: readonly Opened[] = Object.keys(paths ?? {}).map((path) => ({ path, what: `the flow reads ${path}` })),
): string | undefined {
  if (opened[0]) return opened[0].what;
  const ofMachine = environmentRead.find((name) => passedOn(name) && !options.buildEnv.includes(name));
  if (ofMachine !== undefined) return `the flow reads ${ofMachine} of this machine`;
  return options.ship === 'pickle' ? 'no two pickles of a flow are alike' : undefined;
}

/** The build of a source in `dist/`, if there is one. */
export function buildInDist(workspaceRoot: string, flow: FlowToBuild, source: Source): Manifest | undefined {
  const manifest = readManifest(workspaceRoot, flow.folder);
  return manifest && isOf(manifest, flow, source) && isAsBefore(manifest.opened) ? manifest : undefined;
}

/** The build of a source that was made before, here or on another machine; it is put into `dist/`. */
export async function keptBuild(
  workspaceRoot: string,
  flow: FlowToBuild,
  source: Source,
  builds: KeptBuilds,
): Promise<Manifest | undefined> {
  const text = await builds.take(source.digest);
  const manifest = text === undefined ? undefined : readShared(text);
  if (!manifest || !isOf(manifest, flow, source)) return undefined;
  rmSync(flow.staging, { recursive: true, force: true });
  mkdirSync(flow.staging, { recursive: true });
  const isWhole = engineNamed(manifest.engine)?.complete?.(workspaceRoot, flow, manifest) ?? true;
  if (isWhole) writeBuild(workspaceRoot, flow.folder, flow.staging, manifest);
  return isWhole ? manifest : undefined;
}

/** Puts a build where it is found again. */
export function keepBuild(manifest: Manifest, builds: KeptBuilds): Promise<void> {
  return builds.put(manifest.sourceDigest, sharedText(manifest));
}

/** The digest alone would do, but for what was changed in a manifest since, here or in the store. */
function isOf(manifest: Manifest, { flow, options }: FlowToBuild, { digest, codeFiles, sources }: Source): boolean {
  return (
    manifest.sourceDigest === digest &&
    manifest.flow === flow &&
    sameJson(manifest.options, manifestOptions(options)) &&
    sameJson(manifest.code.files, codeFiles) &&
    sameJson(manifest.sources, sources)
  );
}
