import { join } from 'node:path';
import { readTextIfThere } from '../core/read-file';
import { parsePluginOptions } from '../options/plugin-options';
import { NOT_LOADED_BY_TESTS_GLOB } from '../workspace/tests';

/** Files of a lib that may define a module that flows import. */
const MODULES = `**/${NOT_LOADED_BY_TESTS_GLOB}`;

/**
 * Files that `createNodes` is called for. When a file that matches changes, `nx affected` runs the project's own
 * targets; when such a file is deleted, it runs every task. So:
 *
 * - A flow's tests, a README and a Dockerfile must not match: they do not ship.
 * - A lib's modules must match. When the last file of a module goes, its importers lose their edge, and nothing else
 *   would run their tasks.
 * - nx.json matches so that a workspace with nothing but an image has a match. Its changes run everything anyway.
 *
 * @param nxJson its text; Nx wants the pattern before it tells the options
 */
export function nodesPattern(nxJson: string): string {
  const libs = optionsOf(nxJson).flatMap(({ libsDirectory, sourceRoots = [`${libsDirectory}/*`] }) =>
    sourceRoots.map((root) => `${root}/${MODULES}`),
  );
  return `{${['nx.json', '**/flow.py', ...new Set(libs)].join(',')}}`;
}

function optionsOf(nxJson: string): ReturnType<typeof parsePluginOptions>[] {
  try {
    const { plugins = [] } = JSON.parse(nxJson) as { plugins?: (string | { plugin?: string; options?: unknown })[] };
    const own = plugins
      .map((entry) => (typeof entry === 'string' ? { plugin: entry, options: {} } : entry))
      .filter(({ plugin }) => plugin?.split('/').at(-1) === 'nx-prefect');
    return own.map(({ options }) => parsePluginOptions(options));
  } catch {
    return [parsePluginOptions({})]; // Nx reports mistakes in nx.json, and `createNodes` those in the options
  }
}

export function readNxJson(workspaceRoot: string): string {
  return readTextIfThere(join(workspaceRoot, 'nx.json')) ?? '{}';
}
