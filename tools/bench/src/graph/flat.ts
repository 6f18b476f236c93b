import type { Edges, Edit, Plan, Project } from './plan';

export const FLAT_PATTERN = 'flows/*.py';

/** What a flow imports of the folder that it no longer has. */
const OF_SIBLINGS = /^from (?:tasks|utils) import .*\n/gm;
const OF_ANOTHER_FLOW = /^from flows\.(\w+)\.(\w+)\.utils import/gm;
const IS_FLOW = '\n\n@flow\ndef main():\n    pass\n';

/**
 * The same workspace with a file for each flow, `flows/project_1_nightly_2.py`: its modules in one, without what lies
 * beside them. What it imports of libs, packages and another flow stays.
 */
export function flat(plan: Plan): Plan {
  const flatName = (name: string) => name.replace('-nightly', '_nightly');
  const renamed = (edges: ReadonlySet<string>) =>
    new Set([...edges].map((edge) => edge.replace(/-nightly/g, '_nightly')));
  const fileOf = ({ name }: Project) => `flows/${flatName(name)}.py`;
  const files = new Map([...plan.files].filter(([file]) => !file.startsWith('flows/')));
  for (const flow of plan.flows) files.set(fileOf(flow), inOneFile(plan.files, flow));
  const names = new Set(plan.flows.map(({ name }) => flatName(name)));
  return {
    ...plan,
    files,
    flows: plan.flows.map((flow) => ({ name: flatName(flow.name), root: fileOf(flow), sourceRoot: 'flows' })),
    edges: withThoseOfFlows({ projects: renamed(plan.edges.projects), packages: renamed(plan.edges.packages) }, names),
    edit(kind, run): Edit {
      const { file, content, edge } = plan.edit(kind, run);
      const flow = plan.flows.find(({ root }) => file.startsWith(`${root}/`));
      if (!flow) return { file, content, edge };
      const added = content.slice(plan.files.get(file)!.length);
      const own = fileOf(flow);
      return { file: own, content: files.get(own)! + added, edge: edge.replace('-nightly', '_nightly') };
    },
  };
}

/** A flow that imports another one ships its file with its own, and so has its edges. */
function withThoseOfFlows({ projects, packages }: Edges, flows: ReadonlySet<string>): Edges {
  const all = { projects: new Set(projects), packages: new Set(packages) };
  for (const [from = '', to = ''] of [...projects].map((edge) => edge.split(' -> '))) {
    if (!flows.has(from) || !flows.has(to)) continue;
    for (const kind of ['projects', 'packages'] as const)
      for (const edge of all[kind]) if (edge.startsWith(`${to} -> `)) all[kind].add(`${from}${edge.slice(to.length)}`);
  }
  return all;
}

function inOneFile(files: ReadonlyMap<string, string>, { root }: Project): string {
  const modules = ['flow', 'tasks', 'utils'].map((name) => files.get(`${root}/${name}.py`)!);
  // A module beside a flow that has a lib's name is not there any more.
  const isHidden = (line: string) => files.has(`${root}/${/^import (\w+)$/.exec(line)?.[1]}.py`);
  return (
    modules
      .join('\n')
      .replace(OF_SIBLINGS, '')
      .replace(OF_ANOTHER_FLOW, 'from flows.$1_$2 import')
      .split('\n')
      .filter((line) => !isHidden(line))
      .join('\n') + IS_FLOW
  );
}
