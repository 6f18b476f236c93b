import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describeWithEnvironments } from './parts/environments';
import { type Deployment, Prefect } from './parts/prefect';
import { ROOT, Workspace, run } from './parts/workspace';

/** The oldest Prefect 3 that is supported, with a server of the newest; `npm run test:all` makes the environment. */
const ENVIRONMENT = join(ROOT, 'tools', 'e2e', '.venv-prefect3.0');

const flow = (name: string) => `from prefect import flow


@flow(name="${name}", description="Loads.")
def main(day: str = "today", limits: dict[str, int] = {"low": 1}):
    pass
`;

/** Fields of an entry of prefect.yaml, in YAML's flow style. */
const YAML: Record<string, string> = {
  plain: 'description: of the file, tags: [a, b], version: "1"',
  empty: 'schedule: {}',
  parameters: 'parameters: {day: "2024-01-01", limits: {low: 08765}}, enforce_parameter_schema: false, paused: true',
  variables: 'work_pool: {name: pool, job_variables: {env: {A: "{{ $NAME }}"}}}, concurrency_limit: 2',
};

/** The newest server takes no schedule of the oldest command line, so these are only ours. */
const SCHEDULED: Record<string, [fields: string, schedules: { active: boolean; schedule: object }[]]> = {
  cron: [
    'schedules: [{cron: "0 6 * * *", timezone: Europe/Paris}, {cron: "0 9 * * *", active: false}]',
    [
      { active: true, schedule: { cron: '0 6 * * *', timezone: 'Europe/Paris' } },
      { active: false, schedule: { cron: '0 9 * * *' } },
    ],
  ],
  interval: [
    'schedule: {interval: 3600, anchor_date: "2024-01-01T00:00:00+00:00", timezone: UTC}',
    [{ active: true, schedule: { interval: 3600, anchor_date: '2024-01-01T00:00:00Z', timezone: 'UTC' } }],
  ],
  rule: ['schedules: [{rrule: "FREQ=DAILY", timezone: UTC}]', [{ active: true, schedule: { timezone: 'UTC' } }]],
};

/** Lines below the flow: at module level, and under a main guard. */
const CODE: Record<string, string> = {
  default: '',
  to_deployment: 'nightly = main.to_deployment("d", cron="0 2 * * *", tags=["x"], parameters={"day": "1"})',
  schedules: `from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
nightly = main.to_deployment("d", schedules=[CronSchedule(cron="0 1 * * *", timezone="UTC")], paused=True)`,
  guarded: `if __name__ == "__main__":
    main.deploy("d", work_pool_name="pool", image="team:1", build=False, push=False, cron="0 3 * * *")`,
  served: `if __name__ == "__main__":
    main.serve("d", interval=3600, tags=["served"])`,
};

const entry = (file: string, fields: string) => {
  const pool = fields.includes('work_pool') ? '' : ', work_pool: {name: pool}';
  return `  - {name: d, entrypoint: "${file}:main"${pool}, ${fields}}\n`;
};

describeWithEnvironments([ENVIRONMENT], 'flows of Prefect 3.0.0, on the newest server', () => {
  let prefect: Prefect;
  let workspace: Workspace;
  let env: Record<string, string>;
  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    env = { PREFECT_API_URL: prefect.apiUrl, NAME: 'main' };
    const files: Record<string, string> = {};
    const scheduled = Object.entries(SCHEDULED).map(([name, [fields]]) => [name, fields] as const);
    for (const [name, fields] of [...Object.entries(YAML), ...scheduled]) {
      files[`flows/old/${name}/flow.py`] = flow(`ours-${name}`);
      files[`flows/old/${name}/prefect.yaml`] = `deployments:\n${entry('flow.py', fields)}`;
    }
    for (const [name, lines] of Object.entries(CODE))
      files[`flows/old/${name}/flow.py`] = `${flow(name)}\n\n${lines}\n`;
    workspace = await Workspace.create(files);
    symlinkSync(realpathSync(ENVIRONMENT), workspace.path('flows/old/.venv'));
  });
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
  });

  const register = () => workspace.nx(['run-many', '-t', 'register', '--output-style=static'], { env });

  it('are registered as prefect deploy of 3.0.0 does, and nothing is written twice', async () => {
    const theirs = join(prefect.home, 'theirs');
    const entries = Object.entries(YAML).map(([name, fields]) => entry(`${name}.py`, fields));
    write(join(theirs, 'prefect.yaml'), `deployments:\n${entries.join('')}`);
    for (const name of Object.keys(YAML)) write(join(theirs, `${name}.py`), flow(`theirs-${name}`));
    const deploy = run(program('prefect'), ['--no-prompt', 'deploy', '--all'], {
      cwd: theirs,
      env: { ...process.env, ...env },
    });
    const [deployed, registered] = await Promise.all([deploy, register()]);
    expect([deployed.code, deployed.code === 0 ? '' : deployed.output]).toEqual([0, '']);
    expect([registered.code, registered.code === 0 ? '' : registered.output]).toEqual([0, '']);
    const held = await prefect.deployments();
    for (const name of Object.keys(YAML))
      expect({ name, ...shown(held.get(`ours-${name}/d`)) }).toEqual({ name, ...shown(held.get(`theirs-${name}/d`)) });
    for (const [name, [, schedules]] of Object.entries(SCHEDULED))
      for (const { active, schedule } of schedules)
        expect(held.get(`ours-${name}/d`)?.['schedules']).toContainEqual(
          expect.objectContaining({ active, schedule: expect.objectContaining(schedule) }),
        );
    expect(await register()).toMatchObject({ code: 0, output: expect.not.stringMatching(/: (created|updated)/) });
  });

  it('declare deployments in code and under a main guard', async () => {
    const held = await prefect.deployments();
    const crons = (name: string) =>
      (held.get(name)?.['schedules'] as { schedule: { cron?: string; interval?: number } }[] | undefined)?.map(
        ({ schedule }) => schedule.cron ?? schedule.interval,
      );
    expect(crons('default/default')).toEqual([]);
    expect(held.get('to_deployment/d')).toMatchObject({ parameters: { day: '1' } });
    expect(crons('to_deployment/d')).toEqual(['0 2 * * *']);
    expect(held.get('schedules/d')).toMatchObject({ paused: true });
    expect(crons('schedules/d')).toEqual(['0 1 * * *']);
    expect(held.get('guarded/d')).toMatchObject({ job_variables: { image: 'team:1' }, work_pool_name: 'pool' });
    expect(crons('guarded/d')).toEqual(['0 3 * * *']);
    expect(crons('served/d')).toEqual([3600]);
  });
});

/** All but code delivery, version and marks. */
function shown(deployment: Deployment | undefined): object {
  const fields = ['description', 'parameters', 'job_variables', 'paused', 'enforce_parameter_schema'];
  fields.push('work_pool_name', 'work_queue_name', 'concurrency_limit');
  return {
    // 3.0.0 leaves out what is empty.
    schema: { required: [], definitions: {}, ...(deployment?.['parameter_openapi_schema'] as object) },
    ...Object.fromEntries(fields.map((field) => [field, deployment?.[field]])),
    tags: (deployment?.['tags'] as string[] | undefined)?.filter((tag) => !tag.startsWith('nx-prefect')).sort(),
    schedules: deployment?.['schedules'],
  };
}

function program(name: string): string {
  return join(ENVIRONMENT, 'bin', name);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
