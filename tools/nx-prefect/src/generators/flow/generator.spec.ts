import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import flowGenerator from './generator';

const PLUGIN = 'nx-prefect';

describe('flow generator', () => {
  let tree: Tree;

  beforeEach(() => {
    tree = createTree();
    tree.write('nx.json', '{}');
  });

  it('writes every file of a flow folder, with nothing left to fill in', async () => {
    await flowGenerator(tree, { flow: 'project_3/flow9' });

    expect(tree.children('flows/project_3/flow9').sort()).toEqual([
      'README.md',
      'flow.py',
      'tasks.py',
      'tests.py',
      'utils.py',
    ]);
    for (const file of tree.children('flows/project_3/flow9')) {
      expect(tree.read(`flows/project_3/flow9/${file}`, 'utf8')).not.toMatch(/<%|%>|&#/);
    }
  });

  it("gives the flow its project's name too, so that two projects can have a flow of one name", async () => {
    await flowGenerator(tree, { flow: 'a/load' });
    await flowGenerator(tree, { flow: 'b/load' });

    expect(tree.read('flows/a/load/flow.py', 'utf8')).toContain('@flow(name="a-load"');
    expect(tree.read('flows/b/load/flow.py', 'utf8')).toContain('@flow(name="b-load"');
  });

  it('takes the path as a shell completes it', async () => {
    await flowGenerator(tree, { flow: 'flows/project_3/flow9/' });

    expect(tree.exists('flows/project_3/flow9/flow.py')).toBe(true);
  });

  it("writes below the workspace's own folder of flows", async () => {
    tree.write('nx.json', JSON.stringify({ plugins: [{ plugin: PLUGIN, options: { flowsDirectory: 'src/flows' } }] }));
    await flowGenerator(tree, { flow: 'project_3/flow9' });

    expect(tree.exists('src/flows/project_3/flow9/flow.py')).toBe(true);
  });

  const BAD_NAMES = ['flow9', 'a/b/c', '../x', 'a/b c', 'a/', '', 'a/é', 'a/-b', '/a/b'];
  it.each(BAD_NAMES)('refuses the name %j', async (flow) => {
    await expect(flowGenerator(tree, { flow })).rejects.toMatchObject({ code: 'flow-name' });
    expect(tree.exists('flows')).toBe(false);
  });

  it('leaves a folder alone that is there already', async () => {
    tree.write('flows/project_3/flow9/notes.txt', 'mine');

    await expect(flowGenerator(tree, { flow: 'project_3/flow9' })).rejects.toMatchObject({ code: 'flow-exists' });
    expect(tree.children('flows/project_3/flow9')).toEqual(['notes.txt']);
  });
});
