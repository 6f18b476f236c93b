import { symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer } from 'prefect1-server';
import { objectionsTo } from './parts/faults';
import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { prefect1Environment } from './parts/prefect1';
import { Prefect1Api } from './parts/prefect1-api';
import { flow1Files } from './parts/prefect1-flows';
import { Random } from './parts/random';
import { LONG, SEED } from './parts/seed';
import { until } from './parts/until';
import { VerbRuns } from './parts/verb-runs';
import { Workspace } from './parts/workspace';

/**
 * Any process of a run is killed at any moment, or the disk is full, on both engines at once. Then one plain run makes
 * all right, the run after it writes nothing, and nothing is left behind.
 * Replay a failure with the seed of the run: NX_PREFECT_SEED=<seed> npm test -- interrupted
 */
const KILLS = LONG ? 200 : 8;
const FULL_DISKS = LONG ? 60 : 3;

const FLOWS = ['new-one', 'new-two', 'old-one', 'old-two'];
const BUILDS = FLOWS.map((flow) => `${flow}:build`);
const ALL = [...BUILDS, ...FLOWS.map((flow) => `${flow}:register`)];

describe(`runs that are interrupted, seed ${SEED}`, () => {
  const random = new Random(SEED);
  let workspace: Workspace;
  let runs: VerbRuns;
  let prefect: Prefect;
  let server1: Awaited<ReturnType<typeof startServer>>;
  let env: Record<string, string>;
  let edits = 0;

  beforeAll(async () => {
    workspace = await Workspace.create(Object.assign({}, ...FLOWS.map((flow) => filesOf(flow, 0))));
    symlinkSync(prefect1Environment('0.15'), workspace.path('flows/old/.venv'));
    [prefect, server1, runs] = await Promise.all([Prefect.start(), startServer(), VerbRuns.start(workspace)]);
    await prefect.createPool();
    env = { PREFECT_API_URL: prefect.apiUrl, PREFECT__CLOUD__API: server1.url };
  });
  afterAll(async () => {
    await runs?.stop();
    await server1?.stop();
    await prefect?.stop();
    workspace?.dispose();
  });

  /** So that each run builds and writes. */
  function edit(): void {
    edits++;
    for (const flow of FLOWS) workspace.write(filesOf(flow, edits));
  }

  /** The edit that each registration is of. */
  async function held(): Promise<unknown[]> {
    const deployments = [...(await prefect.deployments())].map(([name, { parameter_openapi_schema: schema }]) => [
      name,
      (schema as { properties: { edit: { default: number } } }).properties.edit.default,
    ]);
    const versions = (await new Prefect1Api(server1.url).versions('old'))
      .filter(({ archived }) => !archived)
      .map(({ name, serialized_flow: { parameters } }) => [
        name,
        (parameters as { default: number }[]).map((parameter) => parameter.default),
      ]);
    return [...deployments, ...versions].sort();
  }

  /** What is wrong after one more plain run and the run after it. */
  async function afterwards(): Promise<string[]> {
    const plain = await runs.run(ALL, env);
    const first = await held();
    const again = await runs.run(ALL, env);
    // A process whose parent was killed ends a moment after it.
    const left = await until(
      () => runs.leftovers(),
      (names) => !names.some(isProcess),
    );
    return [
      ...([...plain.outcomes.values()].includes('failed') ? [`the next run failed: ${plain.output}`] : []),
      ...([...again.outcomes].some(([id, state]) => id.endsWith(':register') && state !== 'hit')
        ? [`the run after it wrote again: ${again.output}`]
        : []),
      ...[first, await held()]
        .filter((rows) => JSON.stringify(rows) !== JSON.stringify(expected()))
        .map((rows) => `edit ${edits}: the servers hold ${JSON.stringify(rows)}`),
      ...left.map((name) => `${name} is left`),
    ];
  }

  it(`${KILLS} kills of any process at any moment`, async () => {
    const start = Date.now();
    expect([...(await runs.run(ALL, env)).outcomes.values()]).not.toContain('failed');
    const length = Date.now() - start;
    const wrong: unknown[] = [];
    const killed = new Map<string, number>();
    for (let kill = 0; kill < KILLS; kill++) {
      edit();
      const delay = random.below(length);
      const which = random.below(1_000);
      const run = runs.attempt(ALL, env);
      await sleep(delay);
      const pids = runs.processes();
      const pid = pids[which % pids.length];
      if (pid !== undefined) await runs.kill(pid);
      const { outcomes, output } = await run;
      count(killed, outcomes ? 'a process below the run' : 'the run');
      const failed = [...(outcomes?.values() ?? [])].includes('failed');
      const objections = [...(outcomes ? objectionsTo(output, failed) : []), ...(await afterwards())];
      if (objections.length > 0) wrong.push({ kill, delay, objections, output });
    }
    console.log(`interrupted: ${KILLS} kills ${JSON.stringify(Object.fromEntries(killed))}, ${wrong.length} findings`);
    expect(wrong).toEqual([]);
  }, 3_600_000);

  it(`${FULL_DISKS} full disks`, async () => {
    const folders = ['dist', '.prefect-code', runs.temporary];
    const wrong: unknown[] = [];
    let failures = 0;
    for (let trial = 0; trial < FULL_DISKS; trial++) {
      edit();
      const full = { folder: folders[trial % folders.length]!, kib: 4 * (1 + random.below(8)) };
      const { outcomes, output } = await runs.attempt(ALL, env, { full });
      const failed = outcomes === undefined || [...outcomes.values()].includes('failed');
      if (failed) failures++;
      const objections = [
        ...(outcomes ? [] : ['the run died']),
        ...objectionsTo(output, failed),
        ...(await afterwards()),
      ];
      if (objections.length > 0) wrong.push({ ...full, objections, output });
    }
    console.log(`interrupted: ${FULL_DISKS} full disks, ${failures} runs failed, ${wrong.length} findings`);
    expect(failures).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  }, 3_600_000);

  function expected(): unknown[] {
    return [
      ...['one/default', 'two/default'].map((name) => [name, edits]),
      ...['one', 'two'].map((name) => [name, [edits]]),
    ].sort();
  }
});

function filesOf(flow: string, edit: number): Record<string, string> {
  const [engine, name] = flow.split('-') as [string, string];
  return engine === 'new'
    ? flowFiles(`new/${name}`, { name, parameter: `edit: int = ${edit}` })
    : flow1Files(`old/${name}`, {
        name,
        imports: 'from prefect import Parameter',
        body: `flow.add_task(Parameter("edit", default=${edit}))\n    work()`,
      });
}

function isProcess(name: string): boolean {
  return name.startsWith('process ');
}

function count(table: Map<string, number>, kind: string): void {
  table.set(kind, (table.get(kind) ?? 0) + 1);
}
