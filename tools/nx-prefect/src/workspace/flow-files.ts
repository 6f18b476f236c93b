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
  /** Files that a pattern matches, and that make no flow: they are no projects. */
  without: string[];
  notes: FlowNote[];
}

/** What counts for nothing: an entrypoint, a pattern, a file. */
export interface FlowNote {
  /** A sentence. */
  text: string;
  /** Files of the flows that it concerns; none if it concerns the workspace. */
  about: readonly string[];
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
  const ofYamls: { yaml: string; text: string }[] = [];
  for (const yaml of [...all].filter(isPrefectYaml)) {
    const found = entrypointsOf(yaml);
    if ('reason' in found) {
      const text = `${yaml}: its entrypoints make no flow projects, since it can't be read: ${found.reason}.`;
      ofYamls.push({ yaml, text });
      continue;
    }
    for (const { deployment, entrypoint } of found.named) {
      const candidates = entrypointFiles(entrypoint, yaml, sourceRoots).filter((each) => each.endsWith('.py'));
      const file = candidates.find((each) => all.has(each));
      if (file === undefined) {
        const text = `${yaml}: the deployment "${deployment}" names ${entrypoint}, and there is no such file.`;
        ofYamls.push({ yaml, text });
      } else if (!namedBy.get(file)?.includes(yaml)) namedBy.set(file, [...(namedBy.get(file) ?? []), yaml]);
    }
  }
  const python = [...all].filter((file) => file.endsWith('.py') && shipped(file));
  const matched = new Set<string>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const { test } = matcher(pattern);
    const found = python.filter(test);
    if (found.length === 0) unmatched.push(pattern);
    for (const file of found) matched.add(file);
  }
  const without = new Set([...matched].filter((file) => !namedBy.has(file) && !definesFlow(file)));
  const flows = [...matched].filter((file) => !without.has(file));
  const namedIn = (yaml: string) => [...namedBy].flatMap(([file, yamls]) => (yamls.includes(yaml) ? file : []));
  return {
    files: [...new Set([...namedBy.keys(), ...flows])].sort(),
    namedBy,
    without: [...without].filter((file) => !file.endsWith('/__init__.py')).sort(),
    notes: [
      ...ofYamls.map(({ yaml, text }) => ({ text, about: namedIn(yaml) })),
      ...unmatched.map((pattern) =>
        ofWorkspace(`nx.json: the pattern ${pattern} of the option "flows" matches no Python file.`),
      ),
    ],
  };
}

/** @param files that a pattern matches, that make no flow, and that ship with none */
export function withoutFlowNotes(files: readonly string[]): FlowNote[] {
  if (files.length === 0) return [];
  return [
    ofWorkspace(`The option "flows" matches files that define no flow, and no flow imports them: ${files.join(', ')}.`),
  ];
}

export function ofWorkspace(text: string): FlowNote {
  return { text, about: [] };
}

function matcher(pattern: string): { test(file: string): boolean } {
  const expression = globPattern(pattern);
  return { test: (file) => expression.test(file) };
}
