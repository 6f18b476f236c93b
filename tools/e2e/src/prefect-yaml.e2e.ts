import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Deployment, Prefect } from './parts/prefect';
import { prefectDeploy } from './parts/prefect-deploy';
import { Random } from './parts/random';
import { PYTHON, Workspace } from './parts/workspace';
import { REFUSED, randomDeclaration, TAKEN } from './parts/yaml-declarations';

const SEED = Number(process.env['NX_PREFECT_SEED'] ?? 20_240_229);

const random = new Random(SEED);
const taken = {
  ...TAKEN,
  ...Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`random_${at}`, randomDeclaration(random)])),
};

/** What people write under a main guard; Prefect takes it when they run the file. */
const IMAGE = 'work_pool_name="images", image="i:1", build=False';
const SCRIPTS: Record<string, string> = {
  deploy: `main.deploy("d", ${IMAGE}, cron="0 2 * * *", parameters={"n": 3}, tags=["a"], job_variables={"x": 1})`,
  deploy_off: `main.deploy("d", ${IMAGE}, interval=3600, paused=True, concurrency_limit=2, description="of the call")`,
  deploy_queue: `main.deploy(name="d", ${IMAGE}, rrule="FREQ=DAILY", work_queue_name="q",
        enforce_parameter_schema=False)`,
  deploy_source: `main.from_source(os.path.dirname(__file__), entrypoint=os.path.basename(__file__) + ":main").deploy(
        "d", work_pool_name="pool", cron="@daily")`,
  deploy_all: `declared = main.to_deployment("d", interval=60, job_variables={"x": 1})
    prefect.deploy(declared, ${IMAGE})`,
  deploy_loop: `for name, hour in {"d": 3, "e": 4}.items():
        main.deploy(name, ${IMAGE}, cron=f"0 {hour} * * *")`,
};

/** Settings of both: what placeholders name. */
const ENVIRONMENT = { NAME: 'main 1', CRON: '0 4 * * *', OFF: 'false' };
const VARIABLES = { word: 'word', number: 7, many: ['one', 'two'], flag: true, zone: 'Asia/Tokyo' };

const flow = (name: string) =>
  `from prefect import flow


@flow(name="${name}", description="of the flow")
def main(n: int = 1, **rest): pass
`;

const scriptOf = (name: string, statements: string) =>
  `import os\nimport prefect\n${flow(name)}\n\nif __name__ == "__main__":\n    ${statements}\n`;

function entry(fields: string, entrypoint: string): string {
  const pool = fields.includes('work_pool:') ? '' : ', work_pool: {name: pool}';
  return `  - {name: d, entrypoint: "${entrypoint}"${fields && `, ${fields}`}${pool}}\n`;
}

describe(`what prefect deploy and register make of the same declaration (seed ${SEED})`, () => {
  let prefect: Prefect;
  let workspace: Workspace;
  let theirs: Record<string, { code: number; output: string }>;
  let ours: string;
  let deployments: Map<string, Deployment>;

  beforeAll(async () => {
    prefect = await Prefect.start();
    await prefect.createPool();
    for (const [name, value] of Object.entries(VARIABLES)) await prefect.call('POST', '/variables/', { name, value });
    const variables = { properties: { image: { type: 'string' }, x: { type: 'integer' } } };
    const base_job_template = { job_configuration: { image: '{{ image }}', x: '{{ x }}' }, variables };
    await prefect.call('POST', '/work_pools/', { name: 'images', type: 'process', base_job_template });
    const files: Record<string, string> = {};
    for (const [name, statements] of Object.entries(SCRIPTS))
      files[`flows/yaml/${name}/flow.py`] = scriptOf(`ours-${name}`, statements);
    for (const [name, fields] of Object.entries({ ...taken, ...prefixed(REFUSED) })) {
      files[`flows/yaml/${name}/flow.py`] = flow(`ours-${name}`);
      files[`flows/yaml/${name}/prefect.yaml`] = `deployments:\n${entry(fields, 'flow.py:main')}`;
    }
    workspace = await Workspace.create(files);
    const env = { ...ENVIRONMENT, PREFECT_API_URL: prefect.apiUrl };
    const deployed = prefectDeploy(theirFolders(prefect.home), env);
    const registered = workspace.nx(['run-many', '-t', 'register'], { env });
    [theirs, { output: ours }] = await Promise.all([deployed, registered, runScripts(prefect.home, env)]);
    deployments = await prefect.deployments();
  }, 600_000);
  afterAll(async () => {
    workspace?.dispose();
    await prefect?.stop();
  });

  it('both take what is right', () => {
    expect(theirs['taken']).toMatchObject({ code: 0 });
    const names = [...Object.keys(taken), ...Object.keys(SCRIPTS)];
    const missing = names.filter((name) => !deployments.has(`ours-${name}/d`) || !deployments.has(`theirs-${name}/d`));
    expect({ missing, why: missing.length > 0 ? ours : '' }).toEqual({ missing: [], why: '' });
  });

  it('and hold the same', () => {
    const declared = Object.entries({ ...taken, ...SCRIPTS }).map(([name, fields]) => [`${name}/d`, fields]);
    declared.push(['deploy_loop/e', SCRIPTS['deploy_loop']!]);
    const different = declared.flatMap(([name, fields]) => {
      const [their, our] = ['theirs', 'ours'].map((whose) => shown(deployments.get(`${whose}-${name}`)));
      return JSON.stringify(their) === JSON.stringify(our) ? [] : [{ name, fields, their, our }];
    });
    expect(different).toEqual([]);
  });

  it.each(Object.keys(prefixed(REFUSED)))('both refuse %s', (name) => {
    expect(theirs[name]?.code).not.toBe(0);
    expect([...deployments.keys()].filter((key) => key.includes(`s-${name}/`))).toEqual([]);
    expect(ours).toMatch(new RegExp(`${name}.*\\[(prefect-yaml|server-refused|slug-twice)\\]`));
  });
});

function prefixed(declarations: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(declarations).map(([name, fields]) => [`refused_${name}`, fields]));
}

/** One folder with all that is taken, one for each that is refused. */
function theirFolders(home: string): Record<string, string> {
  const files: Record<string, Record<string, string>> = { taken: { 'prefect.yaml': 'deployments:\n' } };
  for (const [name, fields] of Object.entries(taken)) {
    files['taken']![`${name}.py`] = flow(`theirs-${name}`);
    files['taken']!['prefect.yaml'] += entry(fields, `${name}.py:main`);
  }
  for (const [name, fields] of Object.entries(prefixed(REFUSED)))
    files[name] = {
      'flow.py': flow(`theirs-${name}`),
      'prefect.yaml': `deployments:\n${entry(fields, 'flow.py:main')}`,
    };
  return Object.fromEntries(
    Object.entries(files).map(([folder, contents]) => {
      const path = join(home, 'theirs', folder);
      mkdirSync(path, { recursive: true });
      for (const [file, text] of Object.entries(contents)) writeFileSync(join(path, file), text);
      return [folder, path];
    }),
  );
}

/** As people do: `python flow.py`, each file as the main one. */
async function runScripts(home: string, env: Record<string, string>): Promise<void> {
  const folder = join(home, 'scripts');
  mkdirSync(folder, { recursive: true });
  const files = Object.entries(SCRIPTS).map(([name, statements]) => {
    writeFileSync(join(folder, `${name}.py`), scriptOf(`theirs-${name}`, statements));
    return join(folder, `${name}.py`);
  });
  const program = 'import runpy, sys\nfor file in sys.argv[1:]: runpy.run_path(file, run_name="__main__")';
  await promisify(execFile)(PYTHON, ['-c', program, ...files], { env: { ...process.env, ...env } });
}

interface Schedule {
  schedule: { timezone?: string | null; anchor_date?: string };
  slug: string | null;
  active: boolean;
  parameters: unknown;
}

/** All but code delivery, version and marks; a moment of the registration is `now`. */
function shown(deployment: Deployment | undefined): unknown {
  if (!deployment) return undefined;
  const { tags, schedules, global_concurrency_limit: limit, ...rest } = deployment;
  const same = ['name', 'description', 'parameters', 'job_variables', 'paused', 'enforce_parameter_schema'];
  same.push('work_pool_name', 'work_queue_name', 'concurrency_options');
  return sorted({
    ...Object.fromEntries(same.map((field) => [field, rest[field]])),
    schema: rest['parameter_openapi_schema'],
    tags: [...new Set(tags as string[])].filter((tag) => !tag.startsWith('nx-prefect')).sort(),
    limit: (limit as { limit: number } | null)?.limit,
    schedules: (schedules as Schedule[]).map(shownSchedule).sort(),
  });
}

function shownSchedule({ schedule, slug, active, parameters }: Schedule): string {
  const isNow = Math.abs(Date.parse(schedule.anchor_date ?? '') - Date.now()) < 3_600_000;
  const body = { ...schedule, timezone: schedule.timezone ?? 'UTC', ...(isNow && { anchor_date: 'now' }) };
  return JSON.stringify(sorted({ body, slug, active, parameters }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}
