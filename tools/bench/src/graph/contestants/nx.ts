import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NX } from '../../paths';
import type { Contestant, Inside } from '../contestant';
import type { Edges, Plan } from '../plan';

const RECORD = 'calls.jsonl';

/** Files of an Nx workspace whose one plugin is the one at a path, with a clock around it. */
export function nxWorkspace(root: string, name: string, plugin: string, options: object): Record<string, string> {
  const timed = join(__dirname, '..', 'timed-plugin.js');
  return {
    'package.json': JSON.stringify({ name: 'team', private: true }),
    'nx.json': JSON.stringify(
      {
        analytics: false,
        neverConnectToCloud: true,
        defaultBase: 'main',
        plugins: [{ plugin: `./plugins/${name}`, options }],
      },
      null,
      2,
    ),
    [`plugins/${name}/index.js`]: `const { timedPlugin } = require(${JSON.stringify(timed)});
module.exports = timedPlugin(${JSON.stringify(plugin)}, ${JSON.stringify(join(root, '.nx', RECORD))});
`,
  };
}

/** Makes the whole graph and prints little. */
function showProjects(): readonly string[] {
  return [process.execPath, NX, 'show', 'projects'];
}

function forgetGraph(root: string): void {
  rmSync(join(root, '.nx'), { recursive: true, force: true });
}

/** What the plugin's calls since the last look took together, and the most memory that its process had. */
function insidePlugin(root: string): Inside | undefined {
  const file = join(root, '.nx', RECORD);
  try {
    const calls = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Inside);
    rmSync(file);
    const sum = (of: 'seconds' | 'cpu') => calls.reduce((total, call) => total + call[of], 0);
    return { seconds: sum('seconds'), cpu: sum('cpu'), peak: Math.max(...calls.map(({ peak }) => peak)) };
  } catch {
    return undefined;
  }
}

/** How each plugin of Nx is run and watched. */
export const onNx: Pick<Contestant, 'forget' | 'command' | 'inside'> = {
  forget: forgetGraph,
  command: showProjects,
  inside: insidePlugin,
};

/** From the graph that the last command left in Nx's cache. */
export function graphEdges(root: string, { flows, libs }: Plan): Edges {
  const { dependencies } = JSON.parse(
    readFileSync(join(root, '.nx', 'workspace-data', 'project-graph.json'), 'utf8'),
  ) as { dependencies: Record<string, { target: string }[]> };
  const names = new Set([...flows, ...libs].map(({ name }) => name));
  const roots = new Map(libs.map(({ root: folder, name }) => [`pypi:(${folder})`, name]));
  const edges = { projects: new Set<string>(), packages: new Set<string>() };
  for (const [from, targets] of Object.entries(dependencies)) {
    const source = roots.get(from) ?? from;
    for (const { target } of targets) {
      const [, distribution] = /^pypi:([\w.-]+)$/.exec(target) ?? [];
      if (names.has(source) && names.has(target)) edges.projects.add(`${source} -> ${target}`);
      else if (names.has(source) && distribution !== undefined) edges.packages.add(`${source} -> ${distribution}`);
    }
  }
  return edges;
}
