import { createHash } from 'node:crypto';
import { manifestOf } from './parts/contents';
import { flowFiles } from './parts/flows';
import { Workspace, nxJson, expectSuccess } from './parts/workspace';

/** What `nx affected` would build after the last commit. */
async function affected(workspace: Workspace): Promise<string[]> {
  await workspace.commit('edit');
  const { output } = await workspace.nx([
    'show',
    'projects',
    '--affected',
    '-t',
    'build',
    '--base=HEAD~1',
    '--head=HEAD',
    '--json',
  ]);
  return (JSON.parse(output.slice(output.indexOf('['))) as string[]).sort();
}

describe('data outside of the flows', () => {
  let workspace: Workspace;
  beforeAll(async () => {
    workspace = await Workspace.create({
      ...flowFiles('p/a', { name: 'a' }),
      ...flowFiles('p/b', { name: 'b' }),
      'flows/p/a/project.json': JSON.stringify({ targets: { build: { options: { dataFiles: ['config/*.yaml'] } } } }),
      'nx.json': nxJson({}, { dataFiles: ['shared/**'] }),
      'config/orders.yaml': 'limit: 1\n',
      'config/notes.txt': '',
      'shared/deep/all.json': '{}',
    });
  });
  afterAll(() => workspace?.dispose());

  it('ships with the flow that declares it, at its path', async () => {
    expectSuccess(await workspace.nx(['run-many', '-t', 'build']));
    const [a, b] = ['p/a', 'p/b'].map((flow) => manifestOf(workspace, flow).code.files);
    expect(
      ['config/orders.yaml', 'config/notes.txt', 'shared/deep/all.json'].map((file) => [file in a!, file in b!]),
    ).toEqual([
      [true, false],
      [false, false],
      [true, true],
    ]);
  });

  it('counts: an edit builds the flow again', async () => {
    workspace.edit('config/orders.yaml', () => 'limit: 2\n');
    const { tasks } = await workspace.nx(['run-many', '-t', 'build']);
    expect([tasks.get('p-a:build'), tasks.get('p-b:build')]).toEqual(['done', 'hit']);
    expect(manifestOf(workspace, 'p/a').code.files['config/orders.yaml']).toBe(
      createHash('sha256').update('limit: 2\n').digest('hex'),
    );
    expect(await affected(workspace)).toEqual(['p-a']);
    workspace.edit('shared/deep/all.json', () => '[]');
    expect(await affected(workspace)).toEqual(['p-a', 'p-b']);
    workspace.write({ 'config/notes.txt': 'x' });
    expect(await affected(workspace)).toEqual([]);
  });

  it('is missed by name when a pattern matches nothing', async () => {
    workspace.edit('flows/p/a/project.json', (text) => text.replace('*.yaml', '*.yml'));
    const { code, output } = await workspace.nx(['build', 'p-a']);
    expect(code).not.toBe(0);
    expect(output).toMatch(/p-a: dataFiles names config\/\*\.yml.*\[no-data-files\]/);
  });
});
