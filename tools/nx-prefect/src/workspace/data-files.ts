import { FlowError } from '../core/errors';
import { globPattern } from '../core/glob';

/** Name of the input that each flow's and lib's project defines: the files that ship with it. */
export const SHIPPED = 'shipped';

/** How Nx begins a pattern of paths below the workspace root. */
export const FROM_ROOT = '{workspaceRoot}/';

/** What of a project's configuration says which data it ships. */
export interface DataFilesConfiguration {
  root: string;
  namedInputs?: Record<string, readonly unknown[]> | undefined;
  targets?: Record<string, { options?: unknown }> | undefined;
}

/** Patterns of data files, as Nx takes them among inputs. */
export function dataFileInputs(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => `${FROM_ROOT}${pattern}`);
}

/**
 * The files outside of its folder that a project declares with the option `dataFiles`. The patterns are read back from
 * the input {@link SHIPPED}, so what ships is what counts.
 *
 * @param files each project's files: together every file of the workspace that git does not ignore
 * @throws FlowError `data-files-not-counted` for a pattern that is an option of `build` and no input, `no-data-files`
 * for one that matches nothing
 */
export function dataFilesOf(
  flow: string,
  { root, namedInputs, targets }: DataFilesConfiguration,
  files: Record<string, readonly string[]>,
): string[] {
  const declared = declaredPatterns(namedInputs);
  const options = (targets?.['build']?.options ?? {}) as { dataFiles?: string[] };
  const uncounted = options.dataFiles?.find((glob) => !declared.includes(glob));
  if (uncounted !== undefined) {
    throw new FlowError({
      code: 'data-files-not-counted',
      flow,
      what: `dataFiles names ${uncounted} in a place where the files would ship, but changes would not be noticed.`,
      next:
        `Name it in the build options of ${root}/project.json, ` +
        'or in the option dataFiles of the plugin in nx.json.',
    });
  }
  return declared.flatMap((glob) => {
    const found = matching(files, glob);
    if (found.length > 0) return found;
    throw new FlowError({
      code: 'no-data-files',
      flow,
      what: `dataFiles names ${glob}, and no file of the workspace that git does not ignore is called so.`,
      next: 'Correct the pattern (from the workspace root; all of a folder is "config/**"), or take it out.',
    });
  });
}

/** By the lists of one run: thousands of flows may declare the same pattern. */
const matches = new WeakMap<object, Map<string, string[]>>();

function matching(files: Record<string, readonly string[]>, glob: string): string[] {
  const known = matches.get(files) ?? new Map<string, string[]>();
  matches.set(files, known);
  let found = known.get(glob);
  if (found === undefined) {
    const pattern = globPattern(glob);
    found = Object.values(files).flatMap((list) => list.filter((file) => pattern.test(file)));
    known.set(glob, found);
  }
  return found;
}

function declaredPatterns(namedInputs: DataFilesConfiguration['namedInputs']): string[] {
  return (namedInputs?.[SHIPPED] ?? []).flatMap((input) =>
    typeof input === 'string' && input.startsWith(FROM_ROOT) ? [input.slice(FROM_ROOT.length)] : [],
  );
}
