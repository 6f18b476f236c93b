import { isAbsolute, join, resolve } from 'node:path';
import { FlowError } from '../../core/errors';
import { Together } from '../../core/together';
import { type GitAnswer, git, gitText } from '../../workspace/git';
import { committedDigests } from './committed-files';
import { withoutCredentials } from './remote-address';

export interface Remote {
  name: string;
  /** As workers may see it: without credentials. */
  address: string;
}

/** Seconds that one question may take, a remote that is away included. */
const PATIENCE = 120;

/** Mode of a submodule in a tree. */
const SUBMODULE = /^160000 commit ([0-9a-f]+)\t(.*)$/s;

/** A git repository on this machine, and what its remote holds. What is asked once is remembered for the run. */
export class Checkout {
  readonly #digests = new Together<string | undefined>((names) =>
    committedDigests((args, input) => this.#git(args, input), names),
  );
  readonly #local = new Together<boolean>((objects) => this.#areLocal(objects));
  readonly #reached = new Together<boolean | undefined>((commits) => this.#areReached(commits));
  readonly #submodules = new Map<string, Promise<Checkout | undefined>>();
  #remote: Promise<Remote> | undefined;
  #tips: Promise<string[]> | undefined;

  private constructor(
    readonly root: string,
    /** The folder that was asked for, from the root: `` or `team/flows/`. */
    readonly prefix: string,
    /** The commit that is checked out; undefined = there is none. */
    readonly head: string | undefined,
    /** Whether its history is cut off. */
    readonly isShallow: boolean,
  ) {}

  /** The repository of a folder; undefined where there is none. */
  static async of(folder: string): Promise<Checkout | undefined> {
    const [place, head] = await Promise.all([
      gitText(folder, 'rev-parse', '--is-shallow-repository', '--show-toplevel', '--show-prefix'),
      gitText(folder, 'rev-parse', '--verify', 'HEAD'),
    ]);
    const [isShallow, root, prefix = ''] = place?.split('\n') ?? [];
    return root === undefined ? undefined : new Checkout(root, prefix, head, isShallow === 'true');
  }

  /** SHA-256 of what a file of a commit would ship; undefined where the commit has no such file. */
  digest(commit: string, path: string): Promise<string | undefined> {
    return this.#digests.get(`${commit}:${path}`);
  }

  isLocal(commit: string): Promise<boolean> {
    return this.#local.get(commit);
  }

  /** Whether a branch or tag of the remote leads to a commit; undefined where the history here is too short to tell. */
  isReached(commit: string): Promise<boolean | undefined> {
    return this.#reached.get(commit);
  }

  /** Path -> commit of the submodules of a commit. */
  async submodulesOf(commit: string): Promise<Map<string, string>> {
    const entries = (await gitText(this.root, 'ls-tree', '-r', '-z', commit))?.split('\0') ?? [];
    return new Map(
      entries.flatMap((entry) => {
        const [, linked, path] = SUBMODULE.exec(entry) ?? [];
        return linked !== undefined && path !== undefined ? [[path, linked]] : [];
      }),
    );
  }

  /** A submodule as it lies here. */
  submodule(path: string): Promise<Checkout | undefined> {
    const known = this.#submodules.get(path) ?? Checkout.of(join(this.root, path));
    this.#submodules.set(path, known);
    return known;
  }

  /** `origin`, or the only one. @throws FlowError `git-no-remote` */
  remote(): Promise<Remote> {
    return (this.#remote ??= this.#findRemote());
  }

  async #findRemote(): Promise<Remote> {
    const names = (await gitText(this.root, 'remote'))?.split('\n').filter(Boolean) ?? [];
    const name = names.includes('origin') ? 'origin' : names.length === 1 ? names[0] : undefined;
    const address = name && (await gitText(this.root, 'config', '--get', `remote.${name}.url`));
    if (name !== undefined && address) {
      const isRelative = address.startsWith('.') && !isAbsolute(address);
      return { name, address: isRelative ? resolve(this.root, address) : withoutCredentials(address) };
    }
    throw new FlowError({
      code: 'git-no-remote',
      what:
        names.length === 0
          ? 'The option "code" is git, and this repository has no remote that workers could clone.'
          : `The option "code" is git, and no remote is called origin (there are: ${names.join(', ')}).`,
      next: 'Run: git remote add origin <address>, and push.',
    });
  }

  #git(args: readonly string[], input?: string): Promise<GitAnswer> {
    return git(this.root, args, { seconds: PATIENCE, ...(input !== undefined && { input }) });
  }

  async #areLocal(objects: readonly string[]): Promise<boolean[]> {
    const { output } = await this.#git(['cat-file', '--batch-check'], objects.map((one) => `${one}\n`).join(''));
    const lines = output.toString().split('\n');
    return objects.map((_, at) => /^[0-9a-f]+ (commit|tag) /.test(lines[at] ?? ''));
  }

  async #areReached(commits: readonly string[]): Promise<(boolean | undefined)[]> {
    const tips = await (this.#tips ??= this.#askForTips());
    const reached = await this.#below(tips, commits);
    if (commits.every((commit) => reached.has(commit))) return commits.map(() => true);
    if (this.isShallow) return commits.map((commit) => reached.has(commit) || undefined);
    const local = await this.#areLocal(tips);
    const unknown = tips.filter((_, at) => !local[at]);
    if (unknown.length === 0) return commits.map((commit) => reached.has(commit));
    await this.#fetch(unknown);
    const now = await this.#below(tips, commits);
    return commits.map((commit) => now.has(commit));
  }

  /** Of these commits those that tips lead to, as far as it is known here. */
  async #below(tips: readonly string[], commits: readonly string[]): Promise<Set<string>> {
    const local = await this.#areLocal([...tips, ...commits]);
    const knownTips = tips.filter((_, at) => local[at]);
    const known = commits.filter((_, at) => local[tips.length + at]);
    const lines = [...known, ...knownTips.map((tip) => `^${tip}`)].map((line) => `${line}\n`).join('');
    const { ok, output } = await this.#git(['rev-list', '--stdin'], lines);
    const apart = new Set(output.toString().split('\n'));
    return new Set([
      ...known.filter((commit) => tips.includes(commit)),
      ...(ok ? known.filter((commit) => !apart.has(commit)) : []),
    ]);
  }

  async #askForTips(): Promise<string[]> {
    const { name, address } = await this.remote();
    const { ok, output, reason } = await this.#git(['ls-remote', '--heads', '--tags', name]);
    if (!ok) throw remoteFailed(address, reason);
    return output
      .toString()
      .split('\n')
      .flatMap((line) => line.split('\t')[0] || []);
  }

  /** Objects alone: no branch and no reference of the checkout moves. */
  async #fetch(tips: readonly string[]): Promise<void> {
    const { name, address } = await this.remote();
    const how = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance', '--recurse-submodules=no'];
    const { ok, reason } = await this.#git(['fetch', ...how, name, ...tips]);
    if (!ok) throw remoteFailed(address, reason);
  }
}

function remoteFailed(address: string, reason: string): FlowError {
  return new FlowError({
    code: 'git-remote-failed',
    what: `The remote ${address} does not answer: ${withoutCredentials(reason) || 'git says nothing more'}.`,
    next: 'Check the network and your right to read it: git ls-remote',
  });
}
