import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Planned } from '../engines/engine';
import { CommitOrder } from './commit-order';
import type { PreparedTask } from './prepare';

describe('CommitOrder', () => {
  let root: string;
  let first: string;
  let second: string;
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const commit = (message: string) => {
    git('add', '--all');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--allow-empty', '-m', message);
    return git('rev-parse', '--short=12', 'HEAD');
  };
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    git('init', '--quiet');
    writeFileSync(join(root, 'a.py'), '');
    first = commit('first');
    second = commit('second');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  async function checked(head: string, registered: string | undefined, more: object = {}, action = 'update') {
    git('checkout', '--quiet', head === '' ? second : head);
    const wanted = { flow: 'p-f', identity: ['load', 'default'], declaredIn: 'a.py' };
    const planned = { wanted, action, notes: [], ...(registered === undefined ? {} : { commit: registered }) };
    const task = { ships: ['a.py', 'b.py'], options: { refuseOlder: false, ...more } } as unknown as PreparedTask;
    const [one] = await new CommitOrder(root, head).checked([planned as unknown as Planned], task);
    return one instanceof Error ? one.message : (one as Planned).notes.join('\n');
  }

  it.each<[string, () => [string, string | undefined], string]>([
    ['the same', () => [second, second], ''],
    ['an older one', () => [second, first], ''],
    ['a newer one', () => [first, second], 'is older than what is registered'],
    ['one that is not here', () => [second, '0123456789ab'], 'this clone does not have it'],
    ['one, and there is none here', () => ['', first], 'there is no commit here'],
    ['none that is known', () => [second, undefined], ''],
  ])('over %s', async (_what, commits, words) => {
    const [head, registered] = commits();
    expect(await checked(head, registered)).toContain(words);
    const refused = await checked(head, registered, { refuseOlder: true });
    expect(refused.endsWith('[older-source]')).toBe(words !== '');
    expect(await checked(head, registered, { refuseOlder: true }, 'unchanged')).toBe('');
  });

  it('names files that ship and are in no commit, new ones and edited ones', async () => {
    writeFileSync(join(root, 'b.py'), '');
    writeFileSync(join(root, 'c.py'), '');
    expect(await checked(second, undefined)).toBe('Warning: files that ship are not committed: b.py.');
    expect(await checked(second, undefined, {}, 'create')).toContain('b.py');
    writeFileSync(join(root, 'a.py'), '1');
    expect(await checked(second, undefined)).toContain('a.py, b.py.');
    expect(await checked(second, undefined, {}, 'unchanged')).toBe('');
  });
});
