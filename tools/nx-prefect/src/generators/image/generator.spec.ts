import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import imageGenerator from './generator';

describe('image generator', () => {
  let tree: Tree;
  beforeEach(() => {
    tree = createTree();
    tree.write('nx.json', '{}');
  });

  it('writes what an image of packages needs', async () => {
    await imageGenerator(tree, { image: 'etl' });

    expect(tree.children('images/etl').sort()).toEqual([
      '.dockerignore',
      'Dockerfile',
      'README.md',
      'requirements.txt',
    ]);
    expect(tree.read('images/etl/Dockerfile', 'utf8')).toMatch(/^FROM python:3\.\d+-slim$/m);
    expect(tree.read('images/etl/requirements.txt', 'utf8')).toMatch(/^prefect\[aws\]==\d.*\n$/);
  });

  it.each(['a/b', '-x', ''])('refuses the name %j', async (image) => {
    await expect(imageGenerator(tree, { image })).rejects.toMatchObject({ code: 'flow-name' });
  });
});
