import { posix } from 'node:path';
import { openReadings } from '../../graph/readings';
import { resolution } from '../../graph/resolution';
import { parsePluginOptions, type PluginOptions } from '../../options/plugin-options';
import type { FlowSource } from '../../workspace/layout';
import { shipped } from '../../workspace/shipped';
import { flowPatterns } from './flow-patterns';

export interface FlowsFound {
  flows: readonly FlowSource[];
  /** Options of the plugin that make projects of them; those that nx.json has may be among them. */
  options: Partial<Pick<PluginOptions, 'flows' | 'flowsDirectory' | 'libsDirectory'>>;
  /** The `prefect.yaml` files that name a flow's file, by that. */
  namedBy: ReadonlyMap<string, readonly string[]>;
  /** Files that define flows and become no project, since the `prefect.yaml` files of the repository name others. */
  undeployed: string[];
  /** What names no flow, in sentences. */
  notes: string[];
}

/**
 * Finds the flows of a repository as the plugin will: by folders, entrypoints of `prefect.yaml` files and patterns.
 * Where a `prefect.yaml` says what is deployed, patterns are not made of the rest.
 *
 * @param files workspace paths
 * @param given options of the plugin that nx.json has already, or that were typed
 */
export function findFlows(workspaceRoot: string, files: readonly string[], given: Record<string, unknown>): FlowsFound {
  // What is read is kept by hash: these stand for files that nobody has hashed.
  const hashes = new Map(files.map((file) => [file, `init ${file}`]));
  const look = (more: FlowsFound['options']) => {
    const { layout, flowFiles, notes } = resolution(workspaceRoot, hashes, parsePluginOptions({ ...given, ...more }));
    return { flows: layout.flows, namedBy: flowFiles.namedBy, notes: notes.map(({ text }) => text) };
  };
  const folders = given['flowsDirectory'] === undefined ? foldersElsewhere(files) : {};
  const patterns = (given['flows'] ?? []) as string[];
  const options = { ...folders, ...(patterns.length > 0 ? { flows: patterns } : {}) };
  const found = look(options);
  const readings = openReadings(workspaceRoot);
  const known = new Set(
    found.flows.flatMap(({ root, file, python }) => [file, ...python.map((path) => `${root}/${path}`)]),
  );
  const python = files.filter((file) => file.endsWith('.py') && shipped(file) && !known.has(file));
  const candidates = python.filter((file) => readings.traits(file, hashes.get(file)!).definesFlow);
  if (candidates.length === 0 || found.namedBy.size > 0 || patterns.length > 0)
    return { ...found, options, undeployed: candidates };
  const made = { ...folders, flows: flowPatterns(candidates, python) };
  return { ...look(made), options: made, undeployed: [] };
}

/** Folders called as by default that lie elsewhere, for example in one app of a bigger workspace. */
function foldersElsewhere(files: readonly string[]): FlowsFound['options'] {
  if (files.some((file) => file.startsWith('flows/'))) return {};
  const places = files.flatMap((file) => /^(.+?\/flows)\/.+\/flow\.py$/.exec(file)?.[1] ?? []);
  const [flowsDirectory, ...others] = new Set(places);
  if (flowsDirectory === undefined || others.length > 0) return {};
  const libsDirectory = posix.join(posix.dirname(flowsDirectory), 'libs');
  return { flowsDirectory, ...(files.some((file) => file.startsWith(`${libsDirectory}/`)) ? { libsDirectory } : {}) };
}
