import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Behaviour, behaviour } from './parts/behaviour';
import { type Edit, FILE_FLOWS, FIRST, type Files, randomEdit } from './parts/graph-edits';
import { PythonLoader } from './parts/python-loader';
import { Random } from './parts/random';
import { LONG, SEED } from './parts/seed';
import { nxJson, Workspace } from './parts/workspace';

/**
 * After any edit, without `nx reset`: the graph equals that of a fresh clone with an empty cache, and `nx affected`
 * asks for the build of every flow that Python itself would load differently. Replay a failure with the seed that is
 * printed: NX_PREFECT_SEED=<seed> npm test -- graph-model
 */
const STEPS = LONG ? 40 : 10;

let python: PythonLoader;
beforeAll(() => (python = PythonLoader.start()));
afterAll(() => python?.stop());

it.each([
  [SEED, 'without a daemon', false],
  [SEED + 1, 'with the daemon', true],
])(
  `seed %i: holds for ${STEPS} edits %s`,
  async (seed, _, daemon) => {
    const workspace = await Workspace.create({
      ...Object.fromEntries(FIRST),
      'nx.json': nxJson({}, { flows: FILE_FLOWS }),
    });
    try {
      const random = new Random(seed);
      let files: Files = FIRST;
      let before = await behaviour(python, files);
      let [edges, asked, changed] = [await graph(workspace, daemon), 0, 0];
      for (let step = 1; step <= STEPS; step++) {
        const edit = randomEdit(random, files);
        await take(workspace, files, edit);
        const where = `seed ${seed}, step ${step}: ${edit.said}`;
        files = edit.files;

        edges = await graph(workspace, daemon);
        const fresh = await workspace.clone();
        try {
          expect([where, edges]).toEqual([where, await graph(fresh, false)]);
        } finally {
          fresh.dispose();
        }
        const affected = await affectedFlows(workspace, daemon);
        const after = await behaviour(python, files);
        const different = changedFlows(before, after);
        expect([where, ...different.filter((flow) => !affected.has(flow))]).toEqual([where]);
        [before, asked, changed] = [after, asked + affected.size, changed + different.length];
      }
      console.log(
        `graph model: seed ${seed}, ${STEPS} edits, Python loads ${changed} flows differently, ` +
          `affected asks for ${asked}`,
      );
    } finally {
      await workspace.nx(['daemon', '--stop'], { daemon: true });
      workspace.dispose();
    }
  },
  STEPS * 60_000,
);

async function take(workspace: Workspace, files: Files, { files: next, said }: Edit): Promise<void> {
  for (const file of files.keys()) if (!next.has(file)) workspace.remove(file);
  workspace.write(Object.fromEntries([...next].filter(([file, text]) => files.get(file) !== text)));
  await workspace.commit(said);
}

async function graph(workspace: Workspace, daemon: boolean): Promise<string[]> {
  const file = join(workspace.root, '.nx', 'graph.json');
  const { code, output } = await workspace.nx(['graph', `--file=${file}`], { daemon });
  if (code !== 0) throw new Error(output);
  const {
    graph: { nodes, dependencies },
  } = JSON.parse(readFileSync(file, 'utf8')) as {
    graph: { nodes: object; dependencies: Record<string, { target: string; type: string }[]> };
  };
  const edges = Object.entries(dependencies).flatMap(([source, targets]) =>
    targets.map(({ target, type }) => `${source} -> ${target} (${type})`),
  );
  return [...Object.keys(nodes), ...edges].sort();
}

/** Folders of the flows whose build `nx affected` asks for after the last commit. */
async function affectedFlows(workspace: Workspace, daemon: boolean): Promise<Set<string>> {
  const file = join(workspace.root, '.nx', 'affected.json');
  const { code, output } = await workspace.nx(
    ['affected', '-t', 'build', '--base=HEAD~1', '--head=HEAD', `--graph=${file}`],
    { daemon },
  );
  if (code !== 0) throw new Error(output);
  const { tasks } = JSON.parse(readFileSync(file, 'utf8')) as {
    tasks: { tasks: Record<string, { projectRoot: string }> };
  };
  return new Set(Object.values(tasks.tasks).map(({ projectRoot }) => projectRoot));
}

/** Flows that are there now and that Python loads differently, whichever of two same-named modules it finds. */
function changedFlows(before: [Behaviour, Behaviour], after: [Behaviour, Behaviour]): string[] {
  return [...after[0].keys()].filter((flow) => [0, 1].every((at) => before[at]!.get(flow) !== after[at]!.get(flow)));
}
