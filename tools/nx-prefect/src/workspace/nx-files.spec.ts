import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProjectGraph } from '@nx/devkit';
import { projectFiles } from './nx-files';

test('lists files by the nearest project, and those of none; what came since is seen by the next call', async () => {
  process.env['NX_DAEMON'] = 'false';
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'file-map-')));
  try {
    const nodes = {
      outer: { name: 'outer', type: 'lib', data: { root: 'outer' } },
      inner: { name: 'inner', type: 'lib', data: { root: 'outer/inner' } },
    } as unknown as ProjectGraph['nodes'];
    const graph: ProjectGraph = { nodes, dependencies: {} };
    const write = (path: string) => {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), path);
    };
    for (const path of ['outer/a.py', 'outer/inner/b.py', 'c.py']) write(path);
    const before = { outer: ['outer/a.py'], inner: ['outer/inner/b.py'], '.': ['c.py'] };
    expect(await projectFiles(root, graph)).toEqual(before);
    write('outer/inner/later.py');
    expect(await projectFiles(root, graph)).toEqual({ ...before, inner: ['outer/inner/b.py', 'outer/inner/later.py'] });
  } finally {
    rmSync(root, { recursive: true });
  }
});
