import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readIfShippable } from '../workspace/read-shipped';
import { declaredDigest } from '../workspace/prefect-yaml-part';
import { type Manifest, type ManifestOptions, manifestOptions } from '../engines/manifest';
import { sameJson, sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';

/** What may declare deployments of a flow. */
export interface Declaring {
  /** Root of the flow's project. */
  folder: string;
  prefectYaml: string[];
}

/**
 * Refuses a build that is not of the source as it is now: skipped by `--exclude-task-dependencies`, overtaken by an
 * edit or by another terminal, or damaged. Without this a hit could only be as right as Nx's cache.
 * @param files workspace paths that ship now
 * @throws FlowError `build-outdated` that names the first file (or option) in which they differ
 */
export function requireFresh(
  workspaceRoot: string,
  manifest: Manifest,
  files: string[],
  { folder, prefectYaml }: Declaring,
  options: ManifestOptions,
): void {
  // A lib's file ships to two places, and a prefect.yaml may ship too.
  const ships = new Set(files);
  const now = new Set([...files, ...prefectYaml]);
  const gone = Object.keys(manifest.sources).find((file) => !now.has(file) || !existsSync(join(workspaceRoot, file)));
  const digestNow = (file: string) => {
    const content = readIfShippable(workspaceRoot, file);
    return content && (ships.has(file) ? sha256(content) : declaredDigest(file, content, folder));
  };
  const changed = gone ?? [...now].find((file) => digestNow(file) !== manifest.sources[file]);
  if (changed !== undefined) throw outdated(manifest.flow, changed, 'This file changed since the flow was built.');
  if (!sameJson(manifest.options, manifestOptions(options))) {
    throw outdated(manifest.flow, undefined, 'The options of "build" changed since the flow was built.');
  }
}

function outdated(flow: string, file: string | undefined, what: string): FlowError {
  return new FlowError({
    code: 'build-outdated',
    flow,
    ...(file === undefined ? {} : { file }),
    what,
    // A build that was overtaken by an edit may lie in Nx's cache under the hash of the older source.
    next: `Run: nx run ${flow}:register --skip-nx-cache (and without --exclude-task-dependencies)`,
  });
}
