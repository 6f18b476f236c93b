import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateDependenciesContext, FileData } from '@nx/devkit';
import fc from 'fast-check';

interface Plugin {
  createDependencies: typeof import('./dependencies').createDependencies;
  inferNodes: typeof import('./nodes').inferNodes;
}

/** Each with a memory of its own, as in two processes. */
function plugin(): Plugin {
  let loaded: Plugin;
  jest.isolateModules(
    () =>
      (loaded = {
        ...(require('./dependencies') as typeof import('./dependencies')),
        ...(require('./nodes') as typeof import('./nodes')),
      }),
  );
  return loaded!;
}

/**
 * After any sequence of edits the graph that Nx makes from its cache and from what this plugin answers for changed
 * files equals the one that it makes from nothing. Nx's part is played here, as `nx-deps-cache.js` and
 * `build-project-graph.js` of 24.0.6 do it; tools/e2e has the same with the real one.
 */
const mockMemory = new Map<string, string>();
jest.mock('node:fs', () => {
  const real = jest.requireActual<typeof import('node:fs')>('node:fs');
  return {
    ...real,
    readFileSync: (path: string, ...rest: [BufferEncoding?]) =>
      mockMemory.has(path) ? contentOf(mockMemory.get(path)!, rest[0]) : real.readFileSync(path, ...rest),
  };
});
function contentOf(text: string, encoding?: BufferEncoding): string | Buffer {
  return encoding ? text : Buffer.from(text);
}

const RUNS = process.env['NX_PREFECT_LONG'] === 'true' ? 10_000 : 1_000;

let root: string;
let daemons: Plugin;
let starting: Plugin;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'incremental-'));
  [daemons, starting] = [plugin(), plugin()];
  (globalThis as { NX_PLUGIN_WORKER?: true }).NX_PLUGIN_WORKER = true;
  jest.spyOn(console, 'warn').mockImplementation(() => undefined); // of Nx's logger in every isolated registry
});
afterAll(() => rmSync(root, { recursive: true }));

type Files = Map<string, string>;

/** What Nx keeps between two graphs. */
interface Cache {
  projects: Map<string, Map<string, { hash: string; targets: string[] }>>;
  /** Of the plugin's options and the external nodes' versions. */
  rest: string;
}

interface Graph {
  /** Projects and external nodes. */
  nodes: unknown;
  edges: string[];
  cache: Cache;
  /** How many files the plugin was asked for. */
  asked: number;
}

/** From nothing, and by a process that has just started, or from Nx's cache in a daemon. */
async function graph(files: Files, options: object, cached?: Cache): Promise<Graph> {
  if (!cached) starting.inferNodes(root, new Map(), {}); // what it remembers is of no use for the next
  const { inferNodes, createDependencies } = cached ? daemons : starting;
  mockMemory.clear();
  for (const [path, text] of files) mockMemory.set(join(root, path), text);
  const hashes = new Map([...files].map(([path, text]) => [path, createHash('md5').update(text).digest('hex')]));
  const { projects, externalNodes } = inferNodes(root, hashes, options);
  const named = new Map(projects.map((project) => [nameOf(files, project.root) ?? project.name!, project.root]));
  if (named.size < projects.length) throw new Error('two projects of one name');
  const rest = JSON.stringify([options, Object.entries(externalNodes).map(([name, { data }]) => [name, data.version])]);
  const known =
    cached?.rest === rest && [...cached.projects.keys()].every((name) => named.has(name)) ? cached.projects : undefined;

  const now: Cache['projects'] = new Map([...named.keys()].map((name) => [name, new Map()]));
  const fileMap: CreateDependenciesContext['fileMap'] = { projectFileMap: {}, nonProjectFiles: [] };
  const filesToProcess: CreateDependenciesContext['fileMap'] = { projectFileMap: {}, nonProjectFiles: [] };
  let asked = 0;
  for (const [file, hash] of hashes) {
    const data: FileData = { file, hash };
    const owner = [...named].find(([, folder]) => file.startsWith(`${folder}/`))?.[0];
    if (owner === undefined) {
      fileMap.nonProjectFiles.push(data);
      continue;
    }
    (fileMap.projectFileMap[owner] ??= []).push(data);
    const before = known?.get(owner)?.get(file);
    if (before?.hash !== hash) {
      (filesToProcess.projectFileMap[owner] ??= []).push(data);
      asked++;
    }
    now.get(owner)!.set(file, { hash, targets: before?.hash === hash ? before.targets : [] });
  }
  const context = {
    projects: Object.fromEntries([...named].map(([name, folder]) => [name, { name, root: folder }])),
    externalNodes,
    fileMap,
    filesToProcess,
    workspaceRoot: root,
    nxJsonConfiguration: {},
  };
  const edges = new Set<string>();
  for (const edge of await createDependencies(options, context)) {
    const file = 'sourceFile' in edge ? edge.sourceFile : undefined;
    const of = file === undefined ? undefined : now.get(edge.source)?.get(file);
    // Nx writes the cached edges of an unchanged file over what a plugin says.
    if (of === undefined) edges.add(`${edge.source} -> ${edge.target}`);
    else if (known?.get(edge.source)?.get(file!)?.hash !== of.hash) of.targets.push(edge.target);
  }
  for (const [name, each] of now)
    for (const { targets } of each.values()) for (const target of targets) edges.add(`${name} -> ${target}`);
  return {
    nodes: JSON.parse(JSON.stringify([projects, externalNodes])),
    edges: [...edges].sort(),
    cache: { projects: now, rest },
    asked,
  };
}

/** The plugin, or Nx, does not take the workspace: two projects of one name, an override that names no project. */
class Refused {
  readonly nodes = undefined;
  readonly edges: string[];
  constructor(error: Error) {
    this.edges = [error.message];
  }
}

function orError(made: Promise<Graph>): Promise<Graph | Refused> {
  return made.catch((error: Error) => new Refused(error));
}

function nameOf(files: Files, folder: string): string | undefined {
  const text = files.get(`${folder}/project.json`);
  return text === undefined ? undefined : (JSON.parse(text) as { name: string }).name;
}

const FLOWS = ['flows/p/a', 'flows/p/b', 'flows/q/c'];
const LIBS = ['libs/alerts', 'libs/money', 'libs/more'];
/** Where flows without a folder lie, the packages around them, and modules of no project. */
const LOOSE = ['jobs', 'src/pkg', 'src/pkg/flows', 'utils', 'tests'];
const PATHS = [
  '__init__.py',
  'alerts.py',
  'mail.py',
  'alerts/__init__.py',
  'alerts/mail.py',
  'src/money/__init__.py',
  'src/mail.py',
  'money.py',
  'tasks.py',
  'tests.py',
  'ns/one.py',
  'ns/two/__init__.py',
  'test_tasks.py',
];
const SOURCES = [
  '',
  'import alerts',
  'import alerts.mail',
  'from alerts import mail',
  'import money, mail',
  'import ns.one',
  'from ns import two',
  'import tasks',
  'from libs import alerts',
  'import libs.money.x',
  'from flows.p import b',
  'from flows.q.c import tasks',
  'from . import alerts',
  'from .. import b',
  'import six',
  'import yaml, ns',
  'from alerts import *',
  'import more',
  'import utils.mail, pkg.money',
  'from pkg import tasks',
  'from jobs import tasks',
  'from prefect import flow\n@flow\ndef main():\n    import utils.tasks, mail',
  'from prefect import flow\nfrom pkg import money\n@flow\ndef main(): ...',
];
const YAMLS = ['jobs/tasks.py:main', 'utils/mail.py:main', 'pkg.alerts:main', 'libs/alerts/mail.py:main'].map(
  (entrypoint) => `deployments:\n- name: d\n  entrypoint: ${entrypoint}\n`,
);
const LOCKS = [
  'six==1.16.0 --hash=sha256:aa\n',
  'six==1.17.0 --hash=sha256:bb\n',
  'six==1.17.0 --hash=sha256:bb\npyyaml==6.0 --hash=sha256:cc\n',
];
const OPTIONS = [
  {},
  { imports: { alerts: 'libs/alerts' } },
  { imports: { ns: false } },
  { sourceRoots: ['libs/*', 'flows/q/*'] },
  { flows: ['jobs/*.py', 'src/*/flows/*.py'] },
];

const folder = fc.constantFrom(...FLOWS, ...LIBS, ...LOOSE);
const source = fc.constantFrom(...SOURCES);
const path = fc.tuple(folder, fc.constantFrom(...PATHS)).map((parts) => parts.join('/'));
const edit = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), path, source }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('import' as const), folder, source }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), path, to: path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-folder' as const), folder }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename-folder' as const), folder, to: folder }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swap-names' as const), folder, to: folder }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lock' as const), lock: fc.constantFrom(...LOCKS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('yaml' as const), yaml: fc.constantFrom(...YAMLS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('options' as const), options: fc.constantFrom(...OPTIONS) }) },
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(files: Files, change: Edit): Files {
  const next = new Map(files);
  const move = (from: string, to: string) => {
    const text = next.get(from);
    next.delete(from);
    if (text !== undefined) next.set(to, text);
  };
  const below = (folder_: string) => [...next.keys()].filter((file) => file.startsWith(`${folder_}/`));
  switch (change.kind) {
    case 'write':
      return next.set(change.path, change.source);
    case 'import':
      return next.set(`${change.folder}/${change.folder.startsWith('flows/') ? 'flow.py' : 'mail.py'}`, change.source);
    case 'delete':
      next.delete(change.path);
      return next;
    case 'move':
      move(change.path, change.to);
      return next;
    case 'delete-folder':
      for (const file of below(change.folder)) next.delete(file);
      return next;
    case 'rename-folder':
      if (change.folder === change.to) return next;
      for (const file of below(change.to)) next.delete(file);
      for (const file of below(change.folder)) move(file, change.to + file.slice(change.folder.length));
      return next;
    case 'swap-names': {
      const names = [change.folder, change.to].map(
        (each) => nameOf(next, each) ?? `given-${each.replaceAll('/', '-')}`,
      );
      if (change.folder === change.to) return next;
      return next
        .set(`${change.folder}/project.json`, JSON.stringify({ name: names[1] }))
        .set(`${change.to}/project.json`, JSON.stringify({ name: names[0] }));
    }
    case 'lock':
      return next.set('requirements.txt', change.lock);
    case 'yaml':
      return next.set('prefect.yaml', change.yaml);
    case 'options':
      return next;
  }
}

const FIRST: Files = new Map([
  ['flows/p/a/flow.py', 'import alerts, six'],
  ['flows/p/b/flow.py', 'import money\nfrom flows.q.c import tasks'],
  ['flows/q/c/flow.py', 'from alerts import mail'],
  ['libs/alerts/__init__.py', ''],
  ['libs/money/src/money/__init__.py', 'import alerts'],
  ['jobs/tasks.py', 'from prefect import flow\nimport utils.mail, alerts\n@flow\ndef main(): ...'],
  ['utils/mail.py', 'import money'],
  ['src/pkg/flows/mail.py', 'from prefect import flow\nfrom pkg import money\n@flow\ndef main(): ...'],
  ['src/pkg/money.py', 'import utils.mail'],
  ['prefect.yaml', YAMLS[0]!],
  ['requirements.txt', LOCKS[0]!],
]);

test('the graph from the cache is the graph from nothing, after every edit of a sequence', async () => {
  let [steps, fromCache, changedEdges] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.subarray([...FIRST]), fc.array(edit, { minLength: 1, maxLength: 15 }), async (first, edits) => {
      let files = new Map(first);
      let options: object = OPTIONS.at(-1)!;
      let { cache, edges: before }: Pick<Graph, 'edges'> & { cache?: Cache } = await graph(files, options);
      for (const change of edits) {
        const next = edited(files, change);
        if (change.kind === 'options') options = change.options;
        const fresh = await orError(graph(next, options));
        const incremental = await orError(graph(next, options, cache));
        expect([change, incremental.edges, incremental.nodes]).toEqual([change, fresh.edges, fresh.nodes]);
        // Nx keeps its cache, and the user takes the edit back.
        if (incremental instanceof Refused || fresh instanceof Refused) continue;
        steps++;
        if (incremental.asked < fresh.asked) fromCache++;
        if (String(before) !== String(fresh.edges)) changedEdges++;
        ({ cache, edges: before } = incremental);
        files = next;
      }
    }),
    { numRuns: RUNS },
  );
  console.log(
    `incremental graph: ${steps} steps, ${fromCache} in which Nx kept edges, ${changedEdges} in which edges changed`,
  );
  expect(fromCache).toBeGreaterThan(steps / 4);
  expect(changedEdges).toBeGreaterThan(steps / 10);
}, 600_000);
