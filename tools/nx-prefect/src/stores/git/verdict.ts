import type { Checkout } from './checkout';

/** Whether a worker that clones a commit gets exactly certain files. */
export type Verdict =
  | { kind: 'equal'; submodules: string[] }
  /** The commit holds another file there, or none. */
  | { kind: 'other'; file: string }
  /** No branch or tag of the remote leads to the commit. */
  | { kind: 'unpushed'; commit: string; folder: string }
  /** The history here is too short to tell. */
  | { kind: 'unknown'; commit: string };

/**
 * @param files path from the root of the repository -> SHA-256 of what ships
 * @param folder of the repository, from that of the workspace: a submodule's
 */
export async function verdictOn(
  checkout: Checkout,
  commit: string,
  files: ReadonlyMap<string, string>,
  folder = '',
): Promise<Verdict> {
  const committed = await Promise.all([...files.keys()].map((path) => checkout.digest(commit, path)));
  const differing = [...files].filter(([, digest], at) => committed[at] !== digest);
  const linked = differing.length === 0 ? new Map<string, string>() : await checkout.submodulesOf(commit);
  const inSubmodules = new Map<string, Map<string, string>>();
  for (const [path, digest] of differing) {
    const submodule = [...linked.keys()].find((each) => path.startsWith(`${each}/`));
    if (submodule === undefined) return { kind: 'other', file: `${folder}${path}` };
    const inside = inSubmodules.get(submodule) ?? new Map<string, string>();
    inSubmodules.set(submodule, inside.set(path.slice(submodule.length + 1), digest));
  }
  const isReached = await checkout.isReached(commit);
  if (isReached === undefined) return { kind: 'unknown', commit };
  if (!isReached) return { kind: 'unpushed', commit, folder };
  for (const [path, inside] of inSubmodules) {
    const [submodule, at] = [await checkout.submodule(path), linked.get(path)!];
    if (submodule === undefined) return { kind: 'other', file: `${folder}${path}` };
    const verdict = await verdictOn(submodule, at, inside, `${folder}${path}/`);
    if (verdict.kind !== 'equal') return verdict;
  }
  return { kind: 'equal', submodules: [...inSubmodules.keys()].sort() };
}
