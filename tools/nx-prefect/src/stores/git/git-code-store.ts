import { FlowError } from '../../core/errors';
import { realPathInside } from '../../workspace/read-shipped';
import type { Code, Delivery, DeliveryRequest, StoreKind } from '../code-store';
import { PlaceOfOthers } from '../place-of-others';
import { Checkout } from './checkout';
import { clonedCommit, cloneSteps } from './clone-steps';
import { isSameRepository } from './remote-address';
import { type Verdict, verdictOn } from './verdict';

/**
 * The repository itself: workers clone it at a commit. A registration keeps its commit for as long as the remote has
 * it and it holds the files that ship, so other commits write nothing.
 */
export class GitCodeStore extends PlaceOfOthers {
  #checkout: Promise<Checkout> | undefined;

  /**
   * @param repository address that workers clone; empty = the remote's
   * @param credentials the block that they read with
   */
  constructor(
    private readonly workspaceRoot: string,
    private readonly repository: string,
    private readonly credentials: string | undefined,
  ) {
    super('git');
  }

  async delivery(code: Code, { flow, gitClone, held }: DeliveryRequest): Promise<Delivery> {
    if (!gitClone.includes('commit_sha')) throw withoutCommit(flow);
    const checkout = await (this.#checkout ??= this.#find());
    const repository = this.repository || (await checkout.remote()).address;
    const files = filesOf(code, checkout.prefix);
    const before = clonedCommit(held);
    const isOurs = before && this.#isSame(before.repository, repository);
    const kept = isOurs ? await this.#stillHolds(checkout, before.commit, files, flow) : undefined;
    const own = kept ?? (await this.#head(checkout, files, flow));
    return {
      pullSteps: cloneSteps({
        repository: kept && before ? before.repository : repository,
        commit: kept && before ? before.commit : checkout.head!,
        credentials: this.credentials,
        files: [...files.keys(), ...this.#linkedFiles(code, checkout.prefix)],
        shipped: code.shipped ?? [],
        submodules: own.submodules,
        prefix: checkout.prefix,
        isSparse: gitClone.includes('directories'),
      }),
    };
  }

  async #find(): Promise<Checkout> {
    const checkout = await Checkout.of(this.workspaceRoot);
    if (checkout !== undefined) return checkout;
    throw new FlowError({
      code: 'git-no-remote',
      what: 'The option "code" is git, and the workspace is no git repository.',
      next: 'Make it one and push it, or choose another "code".',
    });
  }

  /** An address that an option gives is meant to the letter. */
  #isSame(held: string, repository: string): boolean {
    return this.repository === '' ? isSameRepository(held, repository) : held === repository;
  }

  /** What a registered commit is worth; undefined where another one has to take its place. */
  async #stillHolds(checkout: Checkout, commit: string, files: ReadonlyMap<string, string>, flow: string) {
    // A colleague's commit that was never fetched here.
    if (!(await checkout.isLocal(commit))) {
      if (checkout.isShallow) throw tooShallow(flow, commit);
      if (!(await checkout.isReached(commit))) return undefined;
    }
    const verdict = await verdictOn(checkout, commit, files);
    if (verdict.kind === 'unknown') throw tooShallow(flow, commit);
    return verdict.kind === 'equal' ? verdict : undefined;
  }

  async #head(checkout: Checkout, files: ReadonlyMap<string, string>, flow: string) {
    const { head, prefix } = checkout;
    const verdict: Verdict =
      head === undefined ? { kind: 'other', file: [...files.keys()][0] ?? '' } : await verdictOn(checkout, head, files);
    if (verdict.kind === 'equal') return verdict;
    if (verdict.kind === 'unknown') throw tooShallow(flow, verdict.commit);
    throw verdict.kind === 'other'
      ? notCommitted(flow, verdict.file.slice(prefix.length), head)
      : notPushed(flow, verdict, (await checkout.remote()).address);
  }

  /** What links among the files lead to has to be in the clone too. */
  #linkedFiles({ shipped = [] }: Code, prefix: string): string[] {
    return shipped.flatMap(({ from }) => {
      const real = realPathInside(this.workspaceRoot, from);
      return real === undefined || real === from ? [] : [`${prefix}${real}`];
    });
  }
}

export const gitStores: StoreKind = {
  scheme: 'git',
  open: ({ url, credentials }, { workspaceRoot }) =>
    new GitCodeStore(workspaceRoot, url.slice('git:'.length), credentials),
};

/** Path from the root of the repository -> SHA-256 of what ships. */
function filesOf({ files, shipped = [] }: Code, prefix: string): Map<string, string> {
  return new Map(shipped.map(({ from, to }) => [`${prefix}${from}`, files[to] ?? '']));
}

const short = (commit: string) => commit.slice(0, 12);

function withoutCommit(flow: string): FlowError {
  return new FlowError({
    code: 'code-unsupported',
    flow,
    what: 'The option "code" is git, and git_clone of the flow\'s Prefect can\'t clone at a commit.',
    next: 'Update Prefect in its environment, or set "code" to local, s3://... or pull.',
  });
}

function notCommitted(flow: string, file: string, head: string | undefined): FlowError {
  return new FlowError({
    code: 'git-not-committed',
    flow,
    file,
    what:
      head === undefined
        ? 'There is no commit yet that a worker could clone.'
        : `The commit ${short(head)}, which a worker would clone, does not hold this file as it is here.`,
    next: 'Commit it, push, and run the command again.',
  });
}

function notPushed(flow: string, { commit, folder }: Verdict & { kind: 'unpushed' }, address: string): FlowError {
  const where = folder === '' ? address : `the remote of the submodule ${folder.replace(/\/$/, '')}`;
  return new FlowError({
    code: 'git-not-pushed',
    flow,
    what: `No branch and no tag of ${where} leads to the commit ${short(commit)}, so a worker can't clone it.`,
    next: 'Push it (git push), and run the command again.',
  });
}

function tooShallow(flow: string, commit: string): FlowError {
  return new FlowError({
    code: 'git-shallow',
    flow,
    what: `This clone is shallow, so nothing tells whether the remote still leads to the commit ${short(commit)}.`,
    next: 'Run: git fetch --unshallow (in CI: clone with the whole history, such as fetch-depth: 0)',
  });
}
