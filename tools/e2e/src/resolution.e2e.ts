import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { scanImports } from '../../nx-prefect/src/scanner/imports';
import { readLayout } from '../../nx-prefect/src/workspace/layout';
import { AT_TOP, looseInputs, REACHED } from '../../nx-prefect/src/workspace/loose-inputs';
import { LooseModules } from '../../nx-prefect/src/workspace/loose-modules';
import { type ShippedFile, shippedFiles } from '../../nx-prefect/src/workspace/shipment';
import { traitsOf } from '../../nx-prefect/src/scanner/traits';
import { createModuleResolver } from '../../nx-prefect/src/graph/modules';
import { type Loaded, PythonLoader } from './parts/python-loader';
import { checkout } from './parts/random-checkout';
import { FLOWS, ship, type Shipped, tree, type Tree } from './parts/random-tree';
import { LONG, SEED } from './parts/seed';

/**
 * Which projects an import reaches, against what Python loads where a flow runs: by Prefect's own loader, from random
 * small trees. Replay a failure with the seed that is printed: NX_PREFECT_SEED=<seed> npm test -- resolution
 */
const RUNS = LONG ? 10_000 : 1_500;
const directories = { flowsDirectory: 'flows', libsDirectory: 'libs' };
const FLOW = FLOWS[0]!;

let folder: string;
let python: PythonLoader;
beforeAll(() => {
  // Thousands of small files: in memory, where the machine has such a folder.
  folder = realpathSync(mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'nx-prefect-resolution-')));
  python = PythonLoader.start();
});
afterAll(() => {
  python?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let trees = 0;
async function load(
  shipped: Record<string, { content: string }>,
  flow = `${FLOW}/flow.py`,
  installed: string[] = [],
): Promise<Loaded> {
  const root = join(folder, String(trees++));
  for (const [path, { content }] of Object.entries(shipped)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  try {
    return await python.load(root, flow, installed);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function ownersOf({ files }: Loaded, shipped: Shipped): Set<string> {
  return new Set(files.map((file) => shipped[file]!.owner));
}

/**
 * Without them a namespace that an import names would not be there. The mirrored folders of all flows and libs always
 * are. Of two that ship to one place each is enough for it, though the file of one only is there.
 */
function ownersOfNamespaces({ namespaces }: Loaded, { places }: Tree): string[] {
  const own = namespaces.filter((path) => !/^(flows|libs)(\/|$)/.test(path));
  return places.flatMap(({ to, owner }) => (own.some((namespace) => to.startsWith(`${namespace}/`)) ? owner : []));
}

it(
  `every file that Python loads lies in a project that edges reach, in ${RUNS} random trees, seed ${SEED}`,
  async () => {
    const loadedOwners: number[] = [];
    await fc.assert(
      fc.asyncProperty(tree(), async (workspace) => {
        const reached = reachedFrom(FLOW, workspace.files);
        const shipped = ship(workspace, reached);
        const owners = ownersOf(await load(shipped), shipped);
        expect([...owners].filter((owner) => !reached.has(owner))).toEqual([]);
        loadedOwners.push(owners.size);
      }),
      { numRuns: RUNS, seed: SEED },
    );
    const several = loadedOwners.filter((count) => count > 1).length;
    console.log(
      `resolution: seed ${SEED}, ${loadedOwners.length} trees, ${several} in which a flow loads from other projects`,
    );
    expect(several).toBeGreaterThan(RUNS / 10);
  },
  LONG ? 900_000 : 120_000,
);

it(
  `a working import reaches no other project, unless several may define it, in ${RUNS} random trees, seed ${SEED}`,
  async () => {
    let worked = 0;
    await fc.assert(
      fc.asyncProperty(
        tree(fc.constant(''), fc.constant('')),
        fc.nat(),
        fc.boolean(),
        async (workspace, pick, from) => {
          const text = importOf(
            workspace.places.map(({ to }) => to),
            pick,
            from,
          );
          const reached = resolved(text, workspace);
          if (!reached) return;
          const shipped = { ...ship(workspace, new Set(reached)), [`${FLOW}/flow.py`]: { content: text, owner: FLOW } };
          const loaded = await load(shipped);
          if (loaded.error !== null || loaded.files.length === 1) return;
          worked++;
          const owners = new Set([...ownersOf(loaded, shipped), ...ownersOfNamespaces(loaded, workspace)]);
          expect([text, ...reached.filter((root) => !owners.has(root))]).toEqual([text]);
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    console.log(`resolution: seed ${SEED}, ${worked} of ${RUNS} imports work and have one meaning`);
    expect(worked).toBeGreaterThan(RUNS / 5);
  },
  LONG ? 900_000 : 120_000,
);

it(
  `a flow without a folder loads from what ships what it loads from a checkout, in ${RUNS} random ones, seed ${SEED}`,
  async () => {
    let others = 0;
    await fc.assert(
      fc.asyncProperty(checkout, async ({ files, flow }) => {
        const whole = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { content }]));
        const inCheckout = await load(whole, flow, ['src']);
        const ships = shippedWith(flow, files);
        const shipped = Object.fromEntries(ships.map(({ from, to }) => [to, { content: files[from]! }]));
        const sources = new Map(ships.map(({ from, to }) => [to, from]));
        const inStore = await load(shipped, flow);
        const loaded = [...new Set(inStore.files.map((file) => sources.get(file)!))].sort();
        // Where a relative import fails in the checkout, a copy at the top may let it work.
        expect([inCheckout.files.filter((file) => !loaded.includes(file)), inStore.error]).toEqual([
          [],
          inCheckout.error,
        ]);
        if (loaded.length > 1) others++;
      }),
      { numRuns: RUNS, seed: SEED },
    );
    console.log(`resolution: seed ${SEED}, ${others} of ${RUNS} flows without a folder load other files`);
    expect(others).toBeGreaterThan(RUNS / 5);
  },
  LONG ? 900_000 : 240_000,
);

function shippedWith(flow: string, files: Record<string, string>): ShippedFile[] {
  const layout = readLayout(Object.keys(files), directories, [flow]);
  const loose = new LooseModules({
    files: Object.keys(files),
    layout,
    sourceRoots: ['src'],
    namedBy: new Map(),
    importsOf: (file) => scanImports(Buffer.from(files[file]!)),
    traitsOf: (file) => traitsOf(files[file]!),
    isElsewhere: () => false,
  });
  const { files: reached } = loose.of(layout.flows[0]!);
  const namedInputs = { [REACHED]: looseInputs(reached), [AT_TOP]: looseInputs(loose.shippedAtTop(flow)) };
  const node = { data: { root: flow, tags: ['type:flow'], namedInputs } };
  return shippedFiles('flow', { nodes: { flow: node }, dependencies: {} }, {});
}

/** `import a.b` or `from a import b`, of a module that is there. */
function importOf(paths: string[], pick: number, from: boolean): string {
  const path = paths[pick % paths.length]!.replace(`${FLOW}/`, '');
  const parts = path.replace(/(\/__init__)?\.py$/, '').split('/');
  return from && parts.length > 1
    ? `from ${parts.slice(0, -1).join('.')} import ${parts.at(-1)}`
    : `import ${parts.join('.')}`;
}

/**
 * What the import in flow.py reaches; undefined where that is more than one import: an ambiguous name, all that another
 * flow may load.
 */
function resolved(text: string, { files }: Tree): string[] | undefined {
  const modules = createModuleResolver(readLayout(Object.keys(files), directories));
  const [found] = scanImports(Buffer.from(text));
  const reached = modules.resolve(found!, `${FLOW}/flow.py`, FLOW);
  return modules.ambiguous.size > 0 || reached.some((root) => FLOWS.includes(root)) ? undefined : reached;
}

/** Roots of the projects that a flow depends on, however far, and its own. */
function reachedFrom(flow: string, files: Record<string, string>): Set<string> {
  const layout = readLayout(Object.keys(files), directories);
  const modules = createModuleResolver(layout);
  const projects = new Map([...layout.flows, ...layout.libs].map((project) => [project.root, project]));
  const reached = new Set([flow]);
  for (const root of reached) {
    for (const path of projects.get(root)!.python) {
      const file = `${root}/${path}`;
      for (const found of scanImports(Buffer.from(files[file]!)))
        for (const target of modules.resolve(found, file, root)) reached.add(target);
    }
  }
  return reached;
}
