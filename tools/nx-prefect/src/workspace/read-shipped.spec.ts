import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readIfShippable, readShipped } from './read-shipped';

const KNOWN = new Set(['flows/p/f/a.txt', 'data/a.txt', 'data/link.txt']);

describe('what ships is read from the workspace and nowhere else', () => {
  let root: string;
  let outside: string;
  beforeEach(() => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')));
    [root, outside] = [join(folder, 'w'), join(folder, 'outside')];
    for (const file of [
      'flows/p/f/a.txt',
      'data/a.txt',
      'data/ignored.txt',
      '../outside/secret.txt',
      '../w2/near.txt',
    ]) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), file);
    }
  });
  afterEach(() => rmSync(dirname(root), { recursive: true }));

  const link = (target: string, at = 'flows/p/f/link.txt') => symlinkSync(target, join(root, at));
  const read = (file = 'flows/p/f/link.txt') => readShipped(root, file, { flow: 'p-f', known: KNOWN });

  it('reads a file, and a link to a file of the workspace that git knows', () => {
    expect(String(read('flows/p/f/a.txt').content)).toBe('flows/p/f/a.txt');
    link('../../../data/link.txt');
    link('a.txt', 'data/link.txt');
    expect(read()).toEqual({ content: Buffer.from('data/a.txt'), realPath: 'data/a.txt' });
  });

  it('takes a workspace that itself lies behind a link for the same', () => {
    symlinkSync(root, join(outside, 'w'));
    link('../../../data/a.txt');
    expect(String(readShipped(join(outside, 'w'), 'flows/p/f/link.txt', { known: KNOWN }).content)).toBe('data/a.txt');
  });

  it.each<[string, string, () => void]>([
    ['link-outside', 'a path from the root', () => link(join(outside, 'secret.txt'))],
    ['link-outside', 'a path upwards', () => link('../../../../outside/secret.txt')],
    ['link-outside', 'a neighbour with a like name', () => link('../../../../w2/near.txt')],
    ['link-outside', 'a device', () => link('/dev/zero')],
    [
      'link-outside',
      'a link to a link',
      () => {
        link('../../../data/out');
        link(join(outside, 'secret.txt'), 'data/out');
      },
    ],
    ['link-ignored', 'a file that git ignores', () => link('../../../data/ignored.txt')],
    ['link-ignored', 'a folder', () => link('../../../data')],
    ['link-broken', 'nothing', () => link('nowhere')],
    ['link-broken', 'itself', () => link('link.txt')],
  ])('%s: a link to %s is refused by name', (code, _what, make) => {
    make();
    expect(() => read()).toThrow(expect.objectContaining({ code, place: { file: 'flows/p/f/link.txt', flow: 'p-f' } }));
  });

  it('tells the freshness check of nothing that can not ship', () => {
    link('/dev/zero');
    expect(readIfShippable(root, 'flows/p/f/link.txt')).toBeUndefined();
    expect(readIfShippable(root, 'flows/p/f/a.txt')).toBeDefined();
  });

  it('refuses a file below a linked folder that leads out', () => {
    link(outside, 'flows/p/f/sub');
    expect(() => read('flows/p/f/sub/secret.txt')).toThrow(expect.objectContaining({ code: 'link-outside' }));
  });

  it('refuses a pipe and a socket, and does not wait for them', async () => {
    execFileSync('/usr/bin/env', ['mkfifo', join(root, 'flows/p/f/pipe')]);
    expect(() => read('flows/p/f/pipe')).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    const server = createServer();
    await new Promise<void>((done) => server.listen(join(root, 'flows/p/f/socket'), done));
    expect(() => read('flows/p/f/socket')).toThrow(expect.objectContaining({ code: 'not-a-file' }));
    server.close();
  });
});
