import { join, posix } from 'node:path';
import { readJsonIfThere } from '../core/read-file';
import { findIgnoreFile } from '../images/ignore-file';
import { placesOf } from '../images/places';
import type { PluginOptions } from '../options/plugin-options';
import { imageInputs } from './image-inputs';
import type { Layout } from '../workspace/layout';

const NAME = 'Dockerfile';

/**
 * Folders with a Dockerfile that are projects by it alone: the workspace's root, `images/<image>`, and those that have
 * a project.json. A Dockerfile elsewhere, say in an example's folder, makes none.
 */
export function imageFolders(
  files: ReadonlyMap<string, string>,
  { flows, libs }: Layout,
  { imagesDirectory }: PluginOptions,
): string[] {
  const sources = new Set([...flows, ...libs].map(({ root }) => root));
  const folders = [...files.keys()]
    .filter((file) => file.endsWith(NAME) && posix.basename(file) === NAME)
    .map((file) => posix.dirname(file));
  return folders
    .filter(
      (folder) =>
        !sources.has(folder) &&
        (folder === '.' || posix.dirname(folder) === imagesDirectory || files.has(`${folder}/project.json`)),
    )
    .sort();
}

interface ImageOptions {
  dockerfile?: unknown;
  context?: unknown;
}

/** The inputs of a project's `docker-deploy`; undefined where it has no Dockerfile. */
export function imageInputsOf(
  projectRoot: string,
  { dockerfile, context }: ImageOptions,
  files: ReadonlyMap<string, string>,
  workspaceRoot: string,
): string[] | undefined {
  const given = { projectRoot, dockerfile: word(dockerfile), context: word(context) };
  // Most have none: told without taking paths apart.
  if (given.dockerfile === undefined && projectRoot !== '.' && !files.has(`${projectRoot}/${NAME}`)) return undefined;
  const places = placesOf(given);
  if (!files.has(places.dockerfile)) return undefined;
  return imageInputs(given, findIgnoreFile(workspaceRoot, places.dockerfile, places.context)?.text ?? '');
}

/**
 * What the root's project is called where nobody says: as its package is. A name that project.json or the "nx" of
 * package.json gives wins in Nx itself; one that is taken would break the graph.
 */
export function rootName(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  taken: ReadonlyMap<string, string>,
): string {
  const given = files.has('package.json') ? nameIn(join(workspaceRoot, 'package.json')) : undefined;
  const names = new Set(taken.values());
  return [given, 'workspace', 'root'].find((name) => name !== undefined && !names.has(name)) ?? 'workspace-root';
}

/** Undefined for a package.json that is broken: Nx itself says what is wrong with it. */
function nameIn(packageJson: string): string | undefined {
  return (readJsonIfThere(packageJson) as { name?: string } | null | undefined)?.name;
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
