import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import libGenerator from './generator';

describe('lib generator', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTree();
    tree.write('nx.json', '{}');
  });

  it('writes a package with a test', async () => {
    await libGenerator(tree, { lib: 'alerts' });

    expect(tree.children('libs/alerts').sort()).toEqual(['README.md', '__init__.py', 'test_alerts.py']);
    expect(tree.read('libs/alerts/test_alerts.py', 'utf8')).toContain('from alerts import sentence');
  });

  it.each(['a-b', '9a', 'a/b', ''])('refuses the name %j, which Python can not import', async (lib) => {
    await expect(libGenerator(tree, { lib })).rejects.toMatchObject({ code: 'flow-name' });
  });

  it('leaves a lib alone that is there already', async () => {
    tree.write('libs/alerts/__init__.py', '');
    await expect(libGenerator(tree, { lib: 'alerts' })).rejects.toMatchObject({ code: 'flow-exists' });
  });
});
