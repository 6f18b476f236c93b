import { symlinkSync } from 'node:fs';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { startServer } from 'prefect1-server';
import { FAULTS, type Plan, objectionsTo, planted } from './parts/faults';
import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { prefect1Environment } from './parts/prefect1';
import { Prefect1Api } from './parts/prefect1-api';
import { flow1Files } from './parts/prefect1-flows';
import { Proxy } from './parts/proxy';
import { Random } from './parts/random';
import { S3 } from './parts/s3';
import { LONG, SEED } from './parts/seed';
import { VerbRuns } from './parts/verb-runs';
import { Workspace } from './parts/workspace';

/**
 * A server, or what stands before it, fails at any request of a run, in any way. Then the run says so in one line or
 * succeeds, one plain run after it makes all right, and nothing is left behind.
 * Replay a failure with the seed of the run: NX_PREFECT_SEED=<seed> npm test -- faults
 */

/** Short limits for the runs that meet a fault. */
const SHORT = { NX_PREFECT_SILENCE: '1', NX_PREFECT_PATIENCE: '1.5' };

/** A place for registrations that is empty at first. */
interface Target {
  /** What the proxy stands before. */
  url: string;
  env(url: string): Record<string, string>;
  options?: object;
  /** What is there, without what differs from run to run. */
  dump(): Promise<unknown>;
  end(): Promise<void>;
}

interface Kind {
  name: string;
  flows: string[];
  /** Names of faults that a try right after them can't mend here. */
  lasting?: string[];
  start(trial: number): Promise<Target>;
}

interface Row {
  kind: string;
  fault: string;
  runs: number;
  succeeded: number;
  converged: number;
}

describe(`faults at any request, seed ${SEED}`, () => {
  let workspace: Workspace;
  let runs: VerbRuns;
  let prefect: Prefect;
  let s3: S3;
  const table: Row[] = [];

  beforeAll(async () => {
    workspace = await Workspace.create({
      ...flowFiles('new/one', { name: 'one' }),
      ...flowFiles('new/two', { name: 'two' }),
      ...flow1Files('old/one', { name: 'one' }),
      ...flow1Files('old/two', { name: 'two' }),
    });
    symlinkSync(prefect1Environment('0.15'), workspace.path('flows/old/.venv'));
    [prefect, s3, runs] = await Promise.all([Prefect.start(), S3.start(), VerbRuns.start(workspace)]);
    await prefect.createPool();
    await s3.createBucket('flows');
    const built = await runs.run(
      ['new-one', 'new-two', 'old-one', 'old-two'].map((flow) => `${flow}:build`),
      {},
    );
    if ([...built.outcomes.values()].some((state) => state !== 'done')) throw new Error(built.output);
  });
  afterAll(async () => {
    process.stdout.write(report(table));
    await runs?.stop();
    s3?.stop();
    await prefect?.stop();
    workspace?.dispose();
  });

  const onPrefect3: Kind = {
    name: 'Prefect 3',
    flows: ['new-one', 'new-two'],
    start: async () => {
      await prefect.reset();
      return {
        url: prefect.apiUrl,
        env: (url) => ({ PREFECT_API_URL: url }),
        dump: async () => {
          const rows = [...(await prefect.deployments())].sort(([a], [b]) => (a < b ? -1 : 1));
          return rows.map(([name, { version, tags, entrypoint, pull_steps, paused, parameters, work_pool_name }]) => {
            return { name, version, tags, entrypoint, pull_steps, paused, parameters, work_pool_name };
          });
        },
        end: () => Promise.resolve(),
      };
    },
  };

  const onPrefect1: Kind = {
    name: 'Prefect 0.15',
    flows: ['old-one', 'old-two'],
    start: async () => {
      const server = await startServer();
      return {
        url: server.url,
        env: (url) => ({ PREFECT__CLOUD__API: url }),
        // All versions: what was registered twice shows.
        dump: async () => {
          const rows = await new Prefect1Api(server.url).versions('old');
          return rows
            .map(({ name, version, archived, serialized_flow }) => ({ name, version, archived, serialized_flow }))
            .sort((a, b) => (a.name < b.name ? -1 : 1));
        },
        end: () => server.stop(),
      };
    },
  };

  const onS3: Kind = {
    name: 'S3',
    flows: ['new-one', 'new-two'],
    // The head of the answer to a put says all, and it is whole.
    lasting: ['cut body'],
    start: async (trial) => {
      const prefix = `trial-${trial}`;
      return {
        url: s3.endpoint,
        env: (url) => ({ ...s3.env, AWS_ENDPOINT_URL_S3: url, PREFECT_API_URL: prefect.apiUrl }),
        options: { s3Bucket: 'flows', s3Prefix: prefix },
        dump: async () => {
          const { Contents = [] } = await s3.client.send(
            new ListObjectsV2Command({ Bucket: 'flows', Prefix: `${prefix}/` }),
          );
          return Promise.all(
            Contents.map(async ({ Key = '' }) => {
              const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'flows', Key }));
              return [Key.slice(prefix.length), await Body?.transformToString()];
            }),
          );
        },
        end: () => Promise.resolve(),
      };
    },
  };

  it.each([onPrefect3, onPrefect1, onS3])(
    'of $name: one line, and the next run makes all right',
    async (kind) => {
      const ids = kind.flows.map((flow) => `${flow}:register`);
      let trials = 0;

      /** One run that meets a fault, and the plain runs after it; without a plan only those. */
      const trial = async (plan?: Plan) => {
        const target = await kind.start(trials++);
        let requests = 0;
        const strike = plan && planted(plan);
        const proxy = await Proxy.start(target.url, async () => {
          requests++;
          return strike?.();
        });
        const run = (url: string, more = {}) => runs.run(ids, { ...target.env(url), ...more }, target.options);
        try {
          const faulty = await run(proxy.url, plan && SHORT);
          const after = [await run(target.url), await run(target.url)].map(({ outcomes }) => [...outcomes.values()]);
          return { faulty, requests, after, dump: await target.dump(), leftovers: runs.leftovers() };
        } finally {
          await proxy.stop();
          await target.end();
        }
      };

      const reference = await trial();
      expect([...reference.faulty.outcomes.values()]).toEqual(['done', 'done']);
      const wrong: unknown[] = [];
      for (const plan of plans(reference.requests)) {
        const { faulty, after, dump, leftovers } = await trial(plan);
        const { fault, ...where } = plan;
        const failed = [...faulty.outcomes.values()].includes('failed');
        const objections = [
          ...objectionsTo(faulty.output, failed),
          ...(failed && fault.passes && !plan.lasts && !kind.lasting?.includes(fault.name)
            ? ['a fault that passes failed the run']
            : []),
          ...(after.flat().includes('failed') ? ['the next run failed'] : []),
          ...(after[1]?.some((state) => state !== 'hit') ? ['the run after it wrote again'] : []),
          ...(JSON.stringify(dump) === JSON.stringify(reference.dump)
            ? []
            : [`the server holds ${JSON.stringify(dump)}`]),
          ...leftovers.map((name) => `${name} is left`),
        ];
        if (objections.length > 0) wrong.push({ fault: fault.name, ...where, objections, output: faulty.output });
        count(table, kind.name, fault.name, { succeeded: !failed, converged: objections.length === 0 });
      }
      expect(wrong).toEqual([]);
    },
    3_600_000,
  );
});

/** Each fault at each request, once and for good, with and without the server's doing; in CI two of these a fault. */
function plans(requests: number): Plan[] {
  const random = new Random(SEED);
  const all = FAULTS.map((fault) =>
    Array.from({ length: requests }, (_, at) =>
      [false, true].flatMap((lasts) => [false, true].map((isServed) => ({ fault, at, lasts, isServed }))),
    ).flat(),
  );
  if (LONG) return all.flat();
  return all.flatMap((ofFault) =>
    [false, true].map((lasts) => random.of(ofFault.filter((plan) => plan.lasts === lasts))),
  );
}

function count(table: Row[], kind: string, fault: string, run: { succeeded: boolean; converged: boolean }): void {
  let row = table.find((one) => one.kind === kind && one.fault === fault);
  if (!row) table.push((row = { kind, fault, runs: 0, succeeded: 0, converged: 0 }));
  row.runs++;
  if (run.succeeded) row.succeeded++;
  if (run.converged) row.converged++;
}

function report(table: Row[]): string {
  const line = (cells: unknown[]) =>
    cells
      .map((cell) => String(cell).padEnd(18))
      .join('')
      .trimEnd();
  return [
    '',
    line(['server', 'fault', 'runs', 'succeeded', 'converged']),
    ...table.map(({ kind, fault, runs, succeeded, converged }) => line([kind, fault, runs, succeeded, converged])),
    '',
  ].join('\n');
}
