import { globPattern } from '../core/glob';
import { entrypointFiles, type NamedEntrypoints } from './prefect-yaml-entrypoints';
import { isPrefectYaml } from './prefect-yaml-files';
import { shipped } from './shipped';

/** Which files are flows although no folder says so. */
export interface FlowFiles {
  /** Workspace paths, sorted. */
  files: string[];
  /** The `prefect.yaml` files that name a file, by that file. Files of flows' folders are among them. */
  namedBy: ReadonlyMap<string, readonly string[]>;
  /** What counts for nothing, in sentences: an entrypoint, a pattern, a file. */
  notes: string[];
}

interface Sources {
  /** Every file of the workspace that git does not ignore. */
  files: Iterable<string>;
  /** The option `flows`. */
  patterns: readonly string[];
  sourceRoots: readonly string[];
  /** What a `prefect.yaml` names. */
  entrypointsOf(file: string): NamedEntrypoints;
  /** Whether a Python file makes a flow. */
  definesFlow(file: string): boolean;
}

/** Every entrypoint of every `prefect.yaml`, and what a pattern matches and makes a flow. */
export function findFlowFiles({ files, patterns, sourceRoots, entrypointsOf, definesFlow }: Sources): FlowFiles {
  const all = new Set(files);
  const namedBy = new Map<string, string[]>();
  const notes: string[] = [];
  for (const yaml of [...all].filter(isPrefectYaml)) {
    const found = entrypointsOf(yaml);
    if ('reason' in found) {
      notes.push(`${yaml}: its entrypoints make no flow projects, since it can't be read: ${found.reason}.`);
      continue;
    }
    for (const { deployment, entrypoint } of found.named) {
      const candidates = entrypointFiles(entrypoint, yaml, sourceRoots).filter((each) => each.endsWith('.py'));
      const file = candidates.find((each) => all.has(each));
      if (file === undefined)
        notes.push(`${yaml}: the deployment "${deployment}" names ${entrypoint}, and there is no such file.`);
      else if (!namedBy.get(file)?.includes(yaml)) namedBy.set(file, [...(namedBy.get(file) ?? []), yaml]);
    }
  }
  const python = [...all].filter((file) => file.endsWith('.py') && shipped(file));
  const matched = new Set<string>();
  for (const pattern of patterns) {
    const { test } = matcher(pattern);
    const found = python.filter(test);
    if (found.length === 0) notes.push(`nx.json: the pattern ${pattern} of the option "flows" matches no Python file.`);
    for (const file of found) matched.add(file);
  }
  const without = [...matched].filter((file) => !namedBy.has(file) && !definesFlow(file)).sort();
  const modules = without.filter((file) => !file.endsWith('/__init__.py'));
  if (modules.length > 0)
    notes.push(`The option "flows" matches files that define no flow; they are no projects: ${modules.join(', ')}.`);
  const flows = [...matched].filter((file) => !without.includes(file));
  return { files: [...new Set([...namedBy.keys(), ...flows])].sort(), namedBy, notes };
}

function matcher(pattern: string): { test(file: string): boolean } {
  const expression = globPattern(pattern);
  return { test: (file) => expression.test(file) };
}
