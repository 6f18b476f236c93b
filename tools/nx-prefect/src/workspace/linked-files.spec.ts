import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gitFiles } from './git-files';
import { filesBesides, linkTargets } from './linked-files';

const LISTED = new Set(['.gitignore', 'data/a.txt', 'data/sub/b.txt', 'other/c.txt']);

describe('files that Nx does not list', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')));
    write('flows/p/f/forced.env', ...LISTED);
    writeFileSync(join(root, '.gitignore'), '*.env\nignored\n');
    git('init', '--quiet');
    git('add', '--force', 'flows/p/f/forced.env');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const git = (...args: string[]) => execFileSync('git', args, { cwd: root });
  const link = (target: string, at: string) => symlinkSync(target, join(root, at));
  const besides = async () => filesBesides(root, LISTED, (await gitFiles(root))!).sort();
  function write(...files: string[]): void {
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), file);
    }
  }

  it('are those that were forced into git', async () => {
    write('flows/p/f/not-forced.env');
    expect(await besides()).toEqual(['flows/p/f/forced.env']);
    rmSync(join(root, 'flows/p/f/forced.env'));
    expect(await besides()).toEqual([]);
  });

  it.each([['tracked'], ['untracked']])('are those below a linked folder, at its place (%s)', async (state) => {
    link('../../../data', 'flows/p/f/linked');
    link('../other', 'data/inner');
    if (state === 'tracked') git('add', '.');
    expect(await besides()).toEqual(
      [
        'data/inner/c.txt',
        'flows/p/f/forced.env',
        'flows/p/f/linked/a.txt',
        'flows/p/f/linked/inner/c.txt',
        'flows/p/f/linked/sub/b.txt',
      ].sort(),
    );
    const links = ['flows/p/f/linked', 'data/inner'];
    expect(linkTargets(root, 'flows/p/f', links)).toEqual(['data/**', 'other/**']);
  });

  it('are links that can not be followed, so that reading them says why', async () => {
    mkdirSync(join(root, 'ignored'));
    write('ignored/x');
    link('nowhere', 'flows/p/f/broken');
    link('/etc', 'flows/p/f/outside');
    link('..', 'flows/p/f/loop');
    link('../../../ignored', 'flows/p/f/unknown');
    link('../flows/p/f', 'data/back');
    link('../../../data', 'flows/p/f/data');
    const there = await besides();
    for (const name of ['broken', 'outside', 'loop', 'unknown', 'data/a.txt', 'data/back/data'])
      expect(there).toContain(`flows/p/f/${name}`);
    expect(there.filter((file) => file.includes('outside/') || file.includes('loop/'))).toEqual([]);
  });

  it('are not the environments that a rule for folders fails to ignore', async () => {
    writeFileSync(join(root, '.gitignore'), '*.env\n.venv/\n');
    link('/opt/venv', 'flows/p/f/.venv');
    expect(await besides()).toEqual(['flows/p/f/forced.env']);
  });

  it('git says nothing where there is no repository', async () => {
    rmSync(join(root, '.git'), { recursive: true });
    expect(await gitFiles(root)).toBeUndefined();
  });
});
