import { FlowError } from '../core/errors';
import { type Planned, titleOf } from '../engines/engine';
import { uncommittedFiles } from '../workspace/git-files';
import { relationOf } from '../workspace/git-head';
import type { PreparedTask } from './prepare';

/** Files that a warning names. */
const NAMED = 3;

/** What the checkout's history says of the writes of one run; git is asked only where something would be written. */
export class CommitOrder {
  readonly #relations = new Map<string, ReturnType<typeof relationOf>>();
  #uncommitted: Promise<Set<string>> | undefined;

  /** @param head commit that is checked out; empty where there is none */
  constructor(
    private readonly root: string,
    private readonly head: string,
  ) {}

  /** Says, or with `refuseOlder` refuses, what would go back in time, and files that ship without a commit. */
  async checked(
    all: readonly (Planned | Error)[],
    { ships, options: { refuseOlder } }: Pick<PreparedTask, 'ships' | 'options'>,
  ): Promise<(Planned | Error)[]> {
    const planned = await Promise.all(
      all.map(async (item) => {
        if (item instanceof Error || item.action === 'unchanged') return item;
        const sentence = await this.#older(item);
        if (sentence === undefined) return item;
        if (refuseOlder) return olderSource(item, sentence);
        item.notes.push(`Warning: ${sentence}`);
        return item;
      }),
    );
    const written = planned.find((item): item is Planned => !(item instanceof Error) && item.action !== 'unchanged');
    if (written) written.notes.push(...(await this.#withoutCommit(ships)));
    return planned;
  }

  async #older({ commit = '', wanted }: Planned): Promise<string | undefined> {
    if (commit === '' || commit === this.head) return undefined;
    const of = `of ${titleOf(wanted)}`;
    if (this.head === '') return `Commit ${commit} registered the last version ${of}, and there is no commit here.`;
    let relation = this.#relations.get(commit);
    if (!relation) this.#relations.set(commit, (relation = relationOf(this.root, commit)));
    switch (await relation) {
      case 'newer':
        return `This commit, ${this.head}, is older than what is registered ${of}: ${commit}.`;
      case 'unknown':
        return `Commit ${commit} registered the last version ${of}, and this clone does not have it: it may be newer.`;
      default:
        return undefined;
    }
  }

  /** One sentence for the whole run, so that a report says it once. */
  async #withoutCommit(ships: string[]): Promise<string[]> {
    if (this.head === '') return [];
    const files = await (this.#uncommitted ??= uncommittedFiles(this.root));
    const some = ships.filter((file) => files.has(file)).sort();
    if (some.length === 0) return [];
    const more = some.length > NAMED ? ` and ${some.length - NAMED} more` : '';
    return [`Warning: files that ship are not committed: ${some.slice(0, NAMED).join(', ')}${more}.`];
  }
}

function olderSource({ wanted: { flow, declaredIn } }: Planned, what: string): FlowError {
  return new FlowError({
    code: 'older-source',
    flow,
    file: declaredIn,
    what,
    next: 'Let the newest commit register, with its whole history; to go back, revert in a new commit.',
  });
}
