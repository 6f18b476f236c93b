import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { pypiPeer } from '../../peers';
import { projectEdges } from '../edges';
import type { Contestant } from '../contestant';

const VERSION = '0.17.6';

export const ruff: Contestant = {
  name: 'ruff',
  what: `${VERSION}, \`ruff analyze graph\`, told the libs' source roots`,
  install: program,
  prepare: () => ({ 'ruff.toml': 'src = [".", "libs", "libs/*/src"]\n' }),
  forget: (root) => rmSync(join(root, '.ruff_cache'), { recursive: true, force: true }),
  command: () => [program(), 'analyze', 'graph', '--quiet'],
  async found(plan, _, output) {
    const graph = JSON.parse(output) as Record<string, string[]>;
    return {
      projects: projectEdges(
        Object.entries(graph).flatMap(([from, targets]) => targets.map((to) => [from, to] as const)),
        plan,
      ),
    };
  },
};

function program(): string {
  return join(pypiPeer('ruff', VERSION, ['python3', 'python']), 'bin', 'ruff');
}
