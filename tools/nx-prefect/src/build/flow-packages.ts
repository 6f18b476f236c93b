import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { canonicalJson, sha256 } from '../core/canonical';
import { readJsonIfThere } from '../core/read-file';
import { normalizeName } from '../workspace/locks/locked-package';
import { packageOfNode } from '../workspace/locks/package-nodes';
import { packageEntries, packageFolders } from '../workspace/python-packages';
import type { Surroundings } from './source-digest';

/** The packages of one Python environment, read from disk. */
export interface Environment {
  python: string;
  /** Name -> version, and what it was installed from if that was no index. */
  installed: ReadonlyMap<string, string>;
  /** Packages whose code lies in a folder of this machine. */
  fromFolders: string[];
}

export function environmentOf(python: string): Environment {
  const folders = packageFolders(python);
  const installed = new Map<string, string>();
  const fromFolders: string[] = [];
  for (const entry of packageEntries(folders)) {
    const name = normalizeName(entry.name);
    if (installed.has(name)) continue;
    // Written for what comes from a URL, a repository or a folder.
    const origin = readJsonIfThere(join(entry.folder, 'direct_url.json'));
    if (origin && 'dir_info' in (origin as object)) fromFolders.push(name);
    installed.set(name, origin ? `${entry.version} ${sha256(canonicalJson(origin))}` : entry.version);
  }
  return { python: folders.version, installed, fromFolders };
}

export interface FlowPackages extends Pick<Surroundings, 'python' | 'packages'> {
  /** Why another machine may have other packages under the same digest. */
  unsure?: string;
}

/** What a flow runs with: as the lock says, and as it is. */
export function flowPackages(
  flow: string,
  graph: Pick<ProjectGraph, 'nodes' | 'dependencies' | 'externalNodes'>,
  { python, installed, fromFolders }: Environment,
): FlowPackages {
  const reached = reachedFrom(flow, graph);
  const isAll = reached.length === 0 || reached.some((node) => packageOfNode(node) === 'all');
  const names = new Set(['prefect', ...reached.flatMap((node) => nameOf(node) ?? [])]);
  const counted = [...installed].filter(([name]) => isAll || names.has(name));
  const locked = reached.map((node) => [node, graph.externalNodes?.[node]?.data.hash ?? ''] as const);
  const own = fromFolders.filter((name) => isAll || names.has(name));
  const unsure =
    reached.length === 0
      ? 'no lock file says which packages it runs with'
      : own.length > 0
        ? `the package ${own[0]} is installed from a folder`
        : lagging(reached, graph, installed);
  const packages = { locked: Object.fromEntries(locked), installed: Object.fromEntries(counted) };
  return { python, packages, ...(unsure === undefined ? {} : { unsure }) };
}

/** External nodes, however far. */
function reachedFrom(flow: string, { dependencies, externalNodes = {} }: Parameters<typeof flowPackages>[1]): string[] {
  const seen = new Set([flow]);
  for (const name of seen) for (const { target } of dependencies[name] ?? []) seen.add(target);
  return [...seen].filter((name) => name in externalNodes && packageOfNode(name) !== undefined).sort();
}

function nameOf(node: string): string | undefined {
  const found = packageOfNode(node);
  return typeof found === 'object' ? found.name : undefined;
}

/** The first package that is not installed as the lock says, in words. One that is absent may be for another system. */
function lagging(
  reached: readonly string[],
  { externalNodes = {} }: Parameters<typeof flowPackages>[1],
  installed: ReadonlyMap<string, string>,
): string | undefined {
  for (const node of reached) {
    const name = nameOf(node);
    const [is] = installed.get(name ?? '')?.split(' ') ?? [];
    const versions = externalNodes[node]?.data.version.split(', ') ?? [];
    if (is === undefined || versions.includes(is) || versions.includes('')) continue;
    return `${name} ${is} is installed, and the lock says ${versions.join(' or ')}`;
  }
  return undefined;
}
