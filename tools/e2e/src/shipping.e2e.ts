import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { manifestOf } from './parts/contents';
import { flowFiles } from './parts/flows';
import { nxJson, run, Workspace } from './parts/workspace';

const FORCED = 'flows/p/forced/settings.env.local';
const FOUR = 'shared/folder/deep/four.csv';
const PLANTED = 'plantedOutsideOfTheWorkspace0123456789';

function link(workspace: Workspace, at: string, target: string): void {
  mkdirSync(dirname(workspace.path(at)), { recursive: true });
  symlinkSync(target, workspace.path(at));
}

describe('what ships', () => {
  let workspace: Workspace;
  let outside: string;
  beforeAll(async () => {
    outside = mkdtempSync(join(tmpdir(), 'nx-prefect-outside-'));
    writeFileSync(join(outside, 'credentials'), PLANTED);
    workspace = await Workspace.create({
      ...flowFiles('p/plain', { name: 'plain' }),
      ...flowFiles('p/linked', { name: 'linked', imports: 'import alerts' }),
      ...flowFiles('p/forced', { name: 'forced' }),
      'libs/alerts/__init__.py': '',
      'shared/one.csv': '1\n',
      'shared/two.csv': '2\n',
      'shared/folder/deep/three.csv': '3\n',
      [FORCED]: '',
      'flows/p/forced/.gitignore': '*.local\n',
    });
    await workspace.git('add', '--force', FORCED);
    link(workspace, 'flows/p/linked/one.csv', '../../../shared/one.csv');
    link(workspace, 'flows/p/linked/folder', '../../../shared/folder');
    link(workspace, 'libs/alerts/two.csv', '../../shared/two.csv');
    await workspace.commit('links');
  });
  afterAll(() => {
    workspace?.dispose();
    rmSync(outside, { recursive: true, force: true });
  });

  const build = async () => (await workspace.nx(['run-many', '-t', 'build'])).tasks;
  const shipped = (flow: string) => Object.keys(manifestOf(workspace, flow).code.files);

  it('is what git tracks, and what links lead to, at the place of the link', async () => {
    const tasks = await build();
    expect([...tasks.values()]).toEqual(['done', 'done', 'done']);
    expect(shipped('p/linked')).toEqual(
      expect.arrayContaining([
        'flows/p/linked/one.csv',
        'flows/p/linked/folder/deep/three.csv',
        'alerts/two.csv',
        'libs/alerts/two.csv',
      ]),
    );
    expect(shipped('p/forced')).toContain(FORCED);
  });

  it('counts: an edit of what a link leads to, or of a file forced into git, is no hit', async () => {
    expect([...(await build()).values()]).toEqual(['hit', 'hit', 'hit']);
    const edits = [['shared/one.csv'], ['shared/two.csv', FORCED], ['shared/folder/deep/three.csv', FOUR]];
    for (const files of edits) {
      for (const file of files) workspace.write({ [file]: 'edited\n' });
      const built = [...(await build())].flatMap(([task, state]) => (state === 'hit' ? [] : [task])).sort();
      const due = files.includes(FORCED) ? ['p-forced:build', 'p-linked:build'] : ['p-linked:build'];
      expect([files, built]).toEqual([files, due]);
    }
    expect(shipped('p/linked')).toContain('flows/p/linked/folder/deep/four.csv');
    await workspace.commit('edits');
    workspace.write({ 'shared/folder/deep/three.csv': '33\n' });
    await workspace.commit('edit');
    const { output } = await workspace.nx(['show', 'projects', '--affected', '--base=HEAD~1', '--head=HEAD', '--json']);
    expect(JSON.parse(output.slice(output.indexOf('[')))).toContain('p-linked');
  });

  it('is nothing from outside, and no secret: the flow fails by name, and no other', async () => {
    const bad: Record<string, [file: string, code: string]> = {
      away: ['creds.txt', 'link-outside'],
      parent: ['folder', 'link-outside'],
      broken: ['gone.csv', 'link-broken'],
      loop: ['loop', 'link-ignored'],
      ignored: ['x.csv', 'link-ignored'],
      netrc: ['.netrc', 'secret-file'],
      key: ['id_rsa', 'secret-file'],
    };
    for (const name of Object.keys(bad)) workspace.write(flowFiles(`p/${name}`, { name }));
    link(workspace, 'flows/p/away/creds.txt', join(outside, 'credentials'));
    link(workspace, 'flows/p/parent/folder', outside);
    link(workspace, 'flows/p/broken/gone.csv', 'nowhere');
    link(workspace, 'flows/p/loop/loop', '..');
    link(workspace, 'flows/p/ignored/x.csv', '../../../.env.team');
    workspace.write({
      '.env.team': PLANTED,
      'flows/p/netrc/.netrc': `password ${PLANTED}\n`,
      'flows/p/key/id_rsa': PLANTED,
    });
    await workspace.commit('bad');
    const { tasks, output } = await workspace.nx(['run-many', '-t', 'build']);
    for (const [name, [file, code]] of Object.entries(bad)) {
      expect([name, tasks.get(`p-${name}:build`)]).toEqual([name, 'failed']);
      expect(output).toMatch(new RegExp(`p-${name} flows/p/${name}/${file}: .*\\[${code}\\]`));
    }
    expect(['plain', 'linked', 'forced'].map((name) => tasks.get(`p-${name}:build`))).toEqual(['hit', 'done', 'hit']);
    expect(output).not.toContain(PLANTED);
    const found = await run('grep', ['-rl', PLANTED, 'dist', '.nx'], { cwd: workspace.root, env: process.env });
    expect(found.output.replace(/grep: .*\n/g, '')).toBe('');

    workspace.write({ 'nx.json': nxJson({}, { build: { allowSecretFiles: ['flows/p/netrc/.netrc'] } }) });
    const allowed = await workspace.nx(['run-many', '-t', 'build', '--projects=p-netrc,p-key']);
    expect([...allowed.tasks.values()].sort()).toEqual(['done', 'failed']);
    expect(shipped('p/netrc')).toContain('flows/p/netrc/.netrc');
  });
});
