import { join } from 'node:path';
import { readTextIfThere } from '../core/read-file';
import { parsePluginOptions } from '../options/plugin-options';
import { NOT_LOADED_BY_TESTS_GLOB } from '../workspace/tests';

/** Of a lib, what may define a module that flows import. */
const MODULES = `**/${NOT_LOADED_BY_TESTS_GLOB}`;

/**
 * Files that `createNodes` is called for. `nx affected` asks for a project's own targets when one that matches changes,
 * and for every task when one is deleted. So a flow's tests and a README must not match; a lib's modules must: with the
 * last file of a module its importers lose their edge, and nothing else would ask for them. nx.json, whose changes ask
 * for everything anyway, is there so that a workspace with nothing but an image has one; a Dockerfile must not match:
 * it does not ship.
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
    // Nx itself says what is wrong with nx.json, and `createNodes` what is wrong with the options.
    return [parsePluginOptions({})];
  }
}

export function readNxJson(workspaceRoot: string): string {
  return readTextIfThere(join(workspaceRoot, 'nx.json')) ?? '{}';
}
