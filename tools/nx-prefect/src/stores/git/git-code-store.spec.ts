import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../core/canonical';
import type { Code, Delivery, PullStep } from '../code-store';
import { GitCodeStore } from './git-code-store';

const CLONE = 'prefect.deployments.steps.git_clone';
const FLOW = 'flows/p/f/flow.py';
const MAIL = 'libs/mail/mail.py';

// Dozens of calls of git in a case.
jest.setTimeout(120_000);

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-git-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Nothing of this machine's own configuration; submodules of these tests lie in folders. */
const env = {
  PATH: process.env['PATH'],
  HOME: scratch,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_COUNT: '3',
  GIT_CONFIG_KEY_0: 'protocol.file.allow',
  GIT_CONFIG_VALUE_0: 'always',
  GIT_CONFIG_KEY_1: 'user.name',
  GIT_CONFIG_VALUE_1: 'spec',
  GIT_CONFIG_KEY_2: 'user.email',
  GIT_CONFIG_VALUE_2: 'spec@example.com',
};
const git = (folder: string, ...args: string[]) =>
  execFileSync('git', args, { cwd: folder, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const write = (root: string, files: Record<string, string>) => {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
};
const commit = (root: string) => {
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '--message=next');
  return git(root, 'rev-parse', 'HEAD');
};

let count = 0;
/** A bare repository, and a clone with a flow and a lib that is pushed. */
function repository(): { remote: string; root: string } {
  const folder = join(scratch, `case-${count++}`);
  const [remote, root] = [join(folder, 'remote.git'), join(folder, 'root')];
  mkdirSync(folder);
  git(scratch, 'init', '--quiet', '--bare', '--initial-branch=main', remote);
  git(scratch, 'clone', '--quiet', remote, root);
  git(root, 'checkout', '--quiet', '-b', 'main');
  write(root, { [FLOW]: 'import mail\n', [MAIL]: 'x = 1\n', 'notes.md': 'one\n' });
  commit(root);
  git(root, 'push', '--quiet', '--set-upstream', 'origin', 'main');
  return { remote, root };
}

function codeOf(root: string, files: Record<string, string> = { [FLOW]: FLOW, [MAIL]: 'mail.py' }): Code {
  const shipped = Object.entries(files).flatMap(([from, to]) =>
    [...new Set([from, to])].map((each) => ({ from, to: each })),
  );
  const digests = shipped.map(({ from, to }) => [to, sha256(readFileSync(join(root, from)))]);
  return { digest: 'ab', files: Object.fromEntries(digests), shipped, read: async () => Buffer.from('') };
}

interface Asked {
  held?: Delivery;
  code?: Code;
  repository?: string;
  credentials?: string;
  gitClone?: string[];
}

function deliver(root: string, asked: Asked = {}): Promise<Delivery> {
  const { held, code = codeOf(root), repository: address = '', credentials } = asked;
  const gitClone = asked.gitClone ?? ['commit_sha', 'directories'];
  return new GitCodeStore(root, address, credentials).delivery(code, {
    flow: 'p-f',
    declared: undefined,
    gitClone,
    held,
  });
}

const cloneOf = ({ pullSteps }: Delivery) => pullSteps[0]![CLONE]!;
const commitOf = async (root: string, held?: Delivery) => cloneOf(await deliver(root, held && { held }))['commit_sha'];

describe('a clone at a commit', () => {
  it('has the folders that ship, and the libs where Python looks for them', async () => {
    const { remote, root } = repository();
    expect(await deliver(root)).toEqual({
      pullSteps: [
        {
          [CLONE]: {
            repository: remote,
            commit_sha: git(root, 'rev-parse', 'HEAD'),
            directories: ['flows/p/f', 'libs/mail'],
          },
        },
        { 'site.addsitedir': { sitedir: '{{ directory }}/libs/mail' } },
      ] satisfies PullStep[],
    });
  });

  it('is whole where Prefect can do no other, and refused where Prefect can clone no commit', async () => {
    const { root } = repository();
    expect(cloneOf(await deliver(root, { gitClone: ['commit_sha'] }))).not.toHaveProperty('directories');
    await expect(deliver(root, { gitClone: ['branch'] })).rejects.toMatchObject({ code: 'code-unsupported' });
  });

  it('is read with a block, by its kind', async () => {
    const { root } = repository();
    expect(cloneOf(await deliver(root, { credentials: 'github-credentials/team' }))).toMatchObject({
      credentials: '{{ prefect.blocks.github-credentials.team }}',
    });
    expect(cloneOf(await deliver(root, { credentials: 'secret/token' }))).toMatchObject({
      access_token: '{{ prefect.blocks.secret.token }}',
    });
  });

  it('names the remote without its password, or what the option says', async () => {
    const { remote, root } = repository();
    git(root, 'config', `url.${remote}.insteadOf`, 'https://ci:s3cret@git.example/team/flows.git');
    git(root, 'remote', 'set-url', 'origin', 'https://ci:s3cret@git.example/team/flows.git');
    const delivery = await deliver(root);
    expect(cloneOf(delivery)['repository']).toBe('https://git.example/team/flows.git');
    const bySsh = { pullSteps: [{ [CLONE]: { ...cloneOf(delivery), repository: 'git@git.example:team/flows.git' } }] };
    expect(cloneOf(await deliver(root, { held: bySsh }))['repository']).toBe('git@git.example:team/flows.git');
    const repositoryOption = 'ssh://git@git.example/team/flows.git';
    expect(cloneOf(await deliver(root, { held: bySsh, repository: repositoryOption }))['repository']).toBe(
      repositoryOption,
    );
  });

  it('of a workspace in a folder of the repository goes on in that folder', async () => {
    const { root } = repository();
    write(root, { 'data/flows/p/f/flow.py': '1\n' });
    commit(root);
    git(root, 'push', '--quiet');
    const workspace = join(root, 'data');
    const { pullSteps } = await deliver(workspace, { code: codeOf(workspace, { [FLOW]: FLOW }) });
    expect(pullSteps[0]![CLONE]!['directories']).toEqual(['data/flows/p/f']);
    expect(pullSteps.slice(1)).toEqual([{ 'builtins.dict': { directory: '{{ directory }}/data' } }]);
    write(workspace, { [FLOW]: '2\n' });
    const code = codeOf(workspace, { [FLOW]: FLOW });
    await expect(deliver(workspace, { code })).rejects.toMatchObject({
      code: 'git-not-committed',
      place: { file: FLOW },
    });
  });

  it('has what links lead to', async () => {
    const { root } = repository();
    write(root, { 'shared/one.csv': '1\n' });
    symlinkSync('../../../shared/one.csv', join(root, 'flows/p/f/one.csv'));
    const linked = { [FLOW]: FLOW, 'flows/p/f/one.csv': 'flows/p/f/one.csv' };
    commit(root);
    git(root, 'push', '--quiet');
    expect(cloneOf(await deliver(root, { code: codeOf(root, linked) }))['directories']).toEqual([
      'flows/p/f',
      'shared',
    ]);
    write(root, { 'shared/one.csv': '2\n' });
    await expect(deliver(root, { code: codeOf(root, linked) })).rejects.toMatchObject({
      code: 'git-not-committed',
      place: { file: 'flows/p/f/one.csv' },
    });
  });
});

describe('the commit of a registration', () => {
  it('stays while other files change, and moves with the files that ship', async () => {
    const { root } = repository();
    const held = await deliver(root);
    write(root, { 'notes.md': 'two\n' });
    commit(root);
    // Neither has to be pushed: nobody clones it.
    expect(await deliver(root, { held })).toEqual(held);
    write(root, { [MAIL]: 'x = 2\n' });
    const next = commit(root);
    await expect(deliver(root, { held })).rejects.toMatchObject({ code: 'git-not-pushed' });
    git(root, 'push', '--quiet');
    expect(await commitOf(root, held)).toBe(next);
    // A revert finds the commit of before only where it is registered.
    expect(await commitOf(root, await deliver(root))).toBe(next);
  });

  it('gives way when the remote has lost it', async () => {
    const { root } = repository();
    const held = await deliver(root);
    git(root, 'commit', '--quiet', '--amend', '--message=other');
    git(root, 'push', '--quiet', '--force');
    expect(await commitOf(root, held)).toBe(git(root, 'rev-parse', 'HEAD'));
    expect(await commitOf(root, held)).not.toBe(cloneOf(held)['commit_sha']);
  });

  it.each(['--all', 'main', 'HEAD\n--all', ''])('is a commit by its whole digest, not %j', async (name) => {
    const { remote, root } = repository();
    const held = { pullSteps: [{ [CLONE]: { repository: remote, commit_sha: name } }] };
    expect(await commitOf(root, held)).toBe(git(root, 'rev-parse', 'HEAD'));
  });

  it("may be a colleague's that was never fetched; no branch moves here for that", async () => {
    const { remote, root } = repository();
    const other = `${root}-other`;
    git(scratch, 'clone', '--quiet', remote, other);
    write(other, { 'notes.md': 'three\n' });
    commit(other);
    git(other, 'push', '--quiet');
    const held = await deliver(other, { code: codeOf(other) });
    const before = git(root, 'for-each-ref');
    expect(await deliver(root, { held })).toEqual(held);
    expect(git(root, 'for-each-ref')).toBe(before);
  });

  it('is one of a branch or tag of the remote, and of no other reference', async () => {
    const { root } = repository();
    write(root, { [FLOW]: '2\n' });
    const next = commit(root);
    git(root, 'push', '--quiet', 'origin', 'HEAD:refs/pull/1/head');
    await expect(deliver(root)).rejects.toMatchObject({ code: 'git-not-pushed' });
    git(root, 'tag', '--annotate', '--message=v1', 'v1');
    git(root, 'push', '--quiet', 'origin', 'v1');
    expect(await commitOf(root)).toBe(next);
  });
});

describe('what git cannot give is refused by name', () => {
  it.each<[string, string, (root: string) => void]>([
    ['an edit', FLOW, (root) => write(root, { [FLOW]: '2\n' })],
    [
      'an edit that git was told to overlook',
      FLOW,
      (root) => {
        git(root, 'update-index', '--assume-unchanged', FLOW);
        write(root, { [FLOW]: '2\n' });
      },
    ],
    [
      'a new file',
      MAIL,
      (root) => {
        git(root, 'rm', '--cached', '--quiet', MAIL);
        git(root, 'commit', '--quiet', '--message=without');
      },
    ],
  ])('%s that is not committed', async (_what, file, change) => {
    const { root } = repository();
    change(root);
    await expect(deliver(root)).rejects.toMatchObject({ code: 'git-not-committed', place: { flow: 'p-f', file } });
  });

  it('a shallow clone that can not tell', async () => {
    const { remote, root } = repository();
    const held = await deliver(root);
    write(root, { 'notes.md': 'two\n' });
    commit(root);
    git(root, 'push', '--quiet');
    const shallow = `${root}-shallow`;
    git(scratch, 'clone', '--quiet', '--depth=1', `file://${remote}`, shallow);
    const here = await deliver(shallow);
    expect(cloneOf(here)['commit_sha']).toBe(git(root, 'rev-parse', 'HEAD'));
    expect(await deliver(shallow, { held: here })).toEqual(here);
    await expect(deliver(shallow, { held, repository: remote })).rejects.toMatchObject({
      code: 'git-shallow',
      next: expect.stringContaining('git fetch --unshallow'),
    });
  });

  it('a folder without a repository, a repository without a remote, a remote that is away', async () => {
    const { remote, root } = repository();
    const code = codeOf(root);
    const bare = mkdtempSync(join(scratch, 'none-'));
    await expect(deliver(bare, { code })).rejects.toMatchObject({ code: 'git-no-remote' });
    rmSync(remote, { recursive: true });
    await expect(deliver(root)).rejects.toMatchObject({
      code: 'git-remote-failed',
      what: expect.stringContaining(remote),
    });
    git(root, 'remote', 'remove', 'origin');
    await expect(deliver(root)).rejects.toMatchObject({
      code: 'git-no-remote',
      next: expect.stringContaining('git remote add'),
    });
  });
});

describe('submodules', () => {
  it('are cloned by a step of their own, at the commit that the repository names', async () => {
    const [{ root }, library] = [repository(), repository()];
    git(root, 'submodule', '--quiet', 'add', library.remote, 'libs/shared');
    commit(root);
    git(root, 'push', '--quiet');
    const files = { [FLOW]: FLOW, [`libs/shared/${MAIL}`]: `libs/shared/${MAIL}` };
    const { pullSteps } = await deliver(root, { code: codeOf(root, files) });
    expect(pullSteps).toEqual([
      { [CLONE]: expect.objectContaining({ directories: ['flows/p/f'] }) },
      {
        'prefect.deployments.steps.run_shell_script': {
          script: 'git submodule update --init --recursive -- libs/shared',
          directory: '{{ directory }}',
        },
      },
    ]);

    const inside = join(root, 'libs/shared');
    write(inside, { [MAIL]: 'x = 3\n' });
    const refused = async () => deliver(root, { code: codeOf(root, files) });
    await expect(refused()).rejects.toMatchObject({
      code: 'git-not-committed',
      place: { file: `libs/shared/${MAIL}` },
    });
    commit(inside);
    commit(root);
    git(root, 'push', '--quiet');
    await expect(refused()).rejects.toMatchObject({
      code: 'git-not-pushed',
      what: expect.stringContaining('the remote of the submodule libs/shared'),
    });
    git(inside, 'push', '--quiet', 'origin', 'HEAD:refs/heads/other');
    expect(cloneOf(await refused())['commit_sha']).toBe(git(root, 'rev-parse', 'HEAD'));
  });
});
