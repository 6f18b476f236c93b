import type { Engine } from './container-engine';
import { listTagsArgv, removeTagArgv } from './container-engine-argv';
import type { RunEngine } from './run-container-engine';

/** What this process builds and pushes right now: projects may share a repository. */
const inUse = new Set<string>();

/** Keeps an image's content tags in the engine while something is done with it. */
export async function whileInUse<T>(references: readonly string[], action: () => Promise<T>): Promise<T> {
  for (const reference of references) inUse.add(reference);
  try {
    return await action();
  } finally {
    for (const reference of references) inUse.delete(reference);
  }
}

/**
 * Takes the content tags of earlier deploys of a repository out of the engine: it would keep an image for each content
 * that there ever was. The newest stays, for its layers.
 */
export async function removeOldTags(engine: Engine, run: RunEngine, uri: string, contentTag: string): Promise<void> {
  const { ok, output } = await run(engine, listTagsArgv(engine, uri), { isQuiet: true });
  if (!ok) return;
  const newest = `${uri}:${contentTag}`;
  const old = output
    .split(/\s+/)
    .filter((reference) => reference.startsWith(`${uri}:nx-`) && reference !== newest && !inUse.has(reference));
  // One that a container uses stays.
  for (const reference of new Set(old)) await run(engine, removeTagArgv(engine, reference), { isQuiet: true });
}
