import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choose } from '../choice';
import { writeFiles } from '../files';
import { GaveUp, measure } from '../measure';
import { ROOT } from '../paths';
import { SCENARIOS, type Contestant, type Scenario, type Target } from './contestant';
import { build, fresh, ours } from './contestants/nx';
import { client, deployAll, eachFlow1, eachFlow3, load, registerAll } from './contestants/python';
import { rest } from './contestants/rest';
import { CountingProxy } from './counting-proxy';
import { environmentOf, type Engine } from './engine';
import { plotOf, type Measurement, report } from './report';
import { startBenchServer } from './servers';
import { type Flow, generateWorkspace, type GeneratedWorkspace } from './workspace';

const CONTESTANTS: readonly Contestant[] = [
  ours,
  fresh,
  build,
  load,
  rest,
  client,
  deployAll,
  registerAll,
  eachFlow3,
  eachFlow1,
];

interface Options {
  engine: Engine;
  sizes: readonly number[];
  runs: number;
  /** Keys of contestants; all where undefined. */
  only: readonly string[] | undefined;
  /** All where undefined. */
  scenarios: readonly string[] | undefined;
  limitSeconds: number;
  /** Counts requests, writes and Python processes instead of measuring times. */
  count: boolean;
  json: string | undefined;
  svg: string | undefined;
}

/** A contestant's place: its workspace, and why it is measured no more. */
interface Entry {
  contestant: Contestant;
  root: string;
  gaveUp?: string;
}

/**
 * Measures all sizes and prints the tables. Returns the exit code: 1 where this plugin gives up, or the server does not
 * hold what it should.
 */
export async function benchRegister({
  engine,
  sizes,
  runs,
  only,
  scenarios: some,
  limitSeconds,
  count,
  json,
  svg,
}: Options): Promise<number> {
  const offered = CONTESTANTS.filter(({ engines }) => engines.includes(engine));
  const contestants = choose(Object.fromEntries(offered.map((each) => [each.key, each])), only);
  const scenarios = choose(Object.fromEntries(SCENARIOS.map((each) => [each, each])), some);
  const measurements: Measurement[] = [];
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-bench-')));
  const entries = contestants.map((contestant): Entry => ({ contestant, root: join(folder, contestant.key) }));
  try {
    for (const size of sizes) {
      const workspace = generateWorkspace(size, engine);
      for (let run = 1; run <= (count ? 1 : runs); run++) {
        for (const entry of entries)
          measurements.push(...(await oneRun({ workspace, run, scenarios, limitSeconds, count }, entry)));
      }
      console.log(report(engine, size, contestants, measurements));
      // After each size: one that takes too long takes nothing else with it.
      if (json) writeFileSync(json, JSON.stringify({ engine, node: process.version, measurements }, null, 2));
      if (svg) writeFileSync(svg, plotOf(contestants, measurements));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return measurements.some(({ contestant, gaveUp }) => contestant === ours.name && gaveUp !== undefined) ? 1 : 0;
}

interface Run {
  workspace: GeneratedWorkspace;
  run: number;
  scenarios: readonly Scenario[];
  limitSeconds: number;
  count: boolean;
}

/** All scenarios of one contestant, on a server and in a workspace that are new. */
async function oneRun({ workspace, run, scenarios, limitSeconds, count }: Run, entry: Entry): Promise<Measurement[]> {
  const { contestant, root } = entry;
  if (entry.gaveUp !== undefined) return [];
  const { engine, flows } = workspace;
  const measurements: Measurement[] = [];
  lay(workspace, entry);
  const server = await startBenchServer(engine, contestant.inBucket === true);
  const proxies = count
    ? await Promise.all([CountingProxy.start(server.url), ...(server.s3 ? [CountingProxy.start(server.s3)] : [])])
    : [];
  const target: Target = {
    engine,
    url: proxies[0]?.url ?? server.url,
    s3: server.s3 === undefined ? undefined : s3Env(proxies[1]?.url ?? server.s3),
  };
  try {
    let before = new Map<string, string>();
    for (const scenario of scenarios.filter((each) => contestant.scenarios.includes(each))) {
      const edit = scenario in workspace.edits ? workspace.edits[scenario as keyof typeof workspace.edits] : undefined;
      if (edit) writeFiles(root, edit.files);
      const place = scenario === 'fresh' ? `${root}-fresh` : root;
      if (scenario === 'fresh') lay(workspace, { contestant, root: place });
      const measured = { flows: flows.length, contestant: contestant.name, scenario, run };
      try {
        const { output: _, ...figures } = await measure(contestant.command(scenario, workspace, target), {
          cwd: place,
          env: contestant.env(target, place),
          limitSeconds,
          mark: place,
          input: contestant.input?.(workspace) ?? '',
        });
        const counted = proxies.map((proxy) => proxy.take());
        const after = await server.held();
        const written = [...after].flatMap(([name, stamp]) => (before.get(name) === stamp ? [] : [name]));
        if (!contestant.readsOnly) requireWork(flows, after, written, contestant.writes?.(scenario, edit));
        before = after;
        measurements.push({
          ...measured,
          ...figures,
          ...(contestant.readsOnly ? {} : { written: written.length }),
          ...(count ? { api: counted[0]!, s3: counted[1] } : {}),
        });
      } catch (error) {
        if (!(error instanceof GaveUp)) throw error;
        entry.gaveUp = error.message;
        measurements.push({ ...measured, gaveUp: error.message });
        break;
      } finally {
        const outcome = entry.gaveUp ?? `${measurements.at(-1)?.wall?.toFixed(2)} s`;
        console.error(`${flows.length} flows, run ${run}, ${scenario}: ${contestant.name} ${outcome}`);
      }
    }
  } finally {
    for (const proxy of proxies) await proxy.stop();
    await server.stop();
  }
  return measurements;
}

/** The server is read back: all flows are there, and exactly those were written that should be, where that is told. */
function requireWork(
  flows: readonly Flow[],
  held: ReadonlyMap<string, string>,
  written: readonly string[],
  expected: readonly string[] | undefined,
): void {
  const missing = flows.find(({ name }) => !held.has(name));
  if (missing || held.size !== flows.length)
    throw new GaveUp(`the server holds ${held.size} of ${flows.length} flows${missing ? `, not ${missing.name}` : ''}`);
  if (expected === undefined) return;
  const differing = [
    ...expected.filter((name) => !written.includes(name)),
    ...written.filter((name) => !expected.includes(name)),
  ];
  if (differing.length > 0)
    throw new GaveUp(`wrote ${written.length} flows instead of ${expected.length}, differs in ${differing[0]}`);
}

function lay(workspace: GeneratedWorkspace, { contestant, root }: Entry): void {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  writeFiles(root, {
    '.gitignore': 'node_modules\n.nx\n.venv\ndist\n.prefect-code\n.home\n',
    ...workspace.files,
    ...contestant.files(workspace, root),
  });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  symlinkSync(environmentOf(workspace.engine), join(root, '.venv'));
}

function s3Env(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  };
}
