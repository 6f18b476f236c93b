import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { LoadedPrefect3, YamlDeclaration } from '../../engines/prefect3/loaded-prefect3';
import { loadFlows, type LoadOutcome } from './load-flows';
import type { LoadRequest } from './worker-protocol';

/** The real worker with a real Prefect 3, as in `load-flows.spec.ts`. */
const PYTHON = process.env['NX_PREFECT_TEST_PYTHON'] ?? resolve(__dirname, '../../../../../.venv/bin/python');

const PATH = 'flows/p/f/flow.py';
const BESIDE = 'flows/p/f/prefect.yaml';
const FLOW = `from prefect import flow


@flow
def main(n: int = 1): pass


class Demo:
    @staticmethod
    @flow
    def run(): pass
`;

/** What became of each `prefect.yaml`, by its text: all are loaded by one pair of workers. */
interface Case {
  text: string;
  file: string;
  load: LoadRequest['load'];
}

const cases = new Map<string, Case>();
let outcomes: Promise<Map<string, LoadOutcome>> | undefined;
let scratch: string;
beforeAll(() => void (scratch = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-spec-')))));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
jest.setTimeout(240_000);

/** Called while tests are collected. @returns asks what became of the text */
function given(text: string, file = BESIDE, load: Case['load'] = 'import'): () => Promise<LoadedPrefect3> {
  const id = `case-${cases.size}`;
  cases.set(id, { text, file, load });
  return async () => {
    outcomes ??= loadAll();
    const outcome = (await outcomes).get(id)!;
    if ('error' in outcome) throw outcome.error;
    return outcome.loaded as LoadedPrefect3;
  };
}

async function loadAll(): Promise<Map<string, LoadOutcome>> {
  const requests = [...cases].map(([id, { text, file, load }]): LoadRequest => {
    const root = join(scratch, id);
    mkdirSync(dirname(join(root, PATH)), { recursive: true });
    writeFileSync(join(root, PATH), FLOW);
    return { id, root, path: PATH, load, ship: 'script', env: {}, prefectYaml: [{ file, text, others: [] }] };
  });
  const found = new Map<string, LoadOutcome>();
  for await (const outcome of loadFlows(PYTHON, requests)) found.set(outcome.id, outcome);
  return found;
}

const entry = (fields: string, entrypoint = 'flow.py:main') =>
  `deployments:\n  - {name: x, entrypoint: "${entrypoint}", ${fields}}\n`;
const fieldsOf = (yaml: YamlDeclaration[]) =>
  yaml.flatMap((each) => ('fields' in each ? [{ attribute: each.attribute, ...each.fields }] : []));

describe('what a prefect.yaml declares', () => {
  const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  const anchors = `
base: &base
  work_pool: &pool {name: big, job_variables: {env: &env {ACCOUNT: 098765432109, GIT_SHA: 7222e55}}}
deployments:
${Array.from(
  { length: 50 },
  (_, at) => `  - {<<: *base, name: d${at}, entrypoint: "flow.py:main", parameters: *env}`,
).join('\n')}
`;
  const table: [string, string, object][] = [
    [
      'account numbers and hashes as text',
      'parameters: {a: 098765432109, b: 7222e55, c: 08, d: 1e3, e: 45e1234}',
      {
        parameters: { a: '098765432109', b: '7222e55', c: '08', d: '1e3', e: '45e1234' },
      },
    ],
    [
      'dates, null keys and keys that stand twice',
      'parameters: {a: 2024-01-01 04:05:06, b: {null: 1, x: 1, x: 2}, d: 2024-01-01}',
      {
        parameters: { a: '2024-01-01T04:05:06', b: { None: 1, x: 2 }, d: '2024-01-01' },
      },
    ],
    [
      'y and n as names, yes and no as switches, octal numbers',
      'parameters: {y: 1, n: no, o: 017}, paused: yes',
      {
        parameters: { y: 1, n: false, o: 15 },
        paused: true,
      },
    ],
    ['the empty schedule of a template', 'schedule: {}', {}],
    ['one schedule', 'schedule: {cron: "0 3 * * *"}', { schedules: [{ schedule: { cron: '0 3 * * *' } }] }],
    [
      'intervals as clock, ISO and seconds',
      'schedules: [{interval: "01:30:00"}, {interval: PT0.5H}, {interval: P1M}, {interval: 60}]',
      {
        schedules: [5400, 1800, 2_592_000, 60].map((interval) => ({ schedule: { interval } })),
      },
    ],
    [
      'a rule, and one as JSON',
      `schedules: [{rrule: FREQ=DAILY, parameters: {n: 1}}, {rrule: '{"rrule": "FREQ=DAILY", "timezone": "UTC"}'}]`,
      {
        schedules: [
          { schedule: { rrule: 'FREQ=DAILY' }, parameters: { n: 1 } },
          { schedule: { rrule: 'FREQ=DAILY', timezone: 'UTC' } },
        ],
      },
    ],
    [
      'all of a cron',
      'schedules: [{cron: "0 6 * * *", timezone: Europe/Berlin, slug: daily, active: false, day_or: false}]',
      {
        schedules: [
          { schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin', day_or: false }, slug: 'daily', active: false },
        ],
      },
    ],
    [
      'placeholders in typed fields',
      'paused: "{{ $P }}", concurrency_limit: "{{ $C }}", ' +
        'schedules: [{cron: "0 1 * * *", day_or: "{{ $D }}", active: "{{ $A }}"}, ' +
        '{interval: "{{ $I }}"}, {interval: 60}]',
      {
        paused: '{{ $P }}',
        concurrency_limit: '{{ $C }}',
        schedules: [
          { schedule: { cron: '0 1 * * *', day_or: '{{ $D }}' }, active: '{{ $A }}' },
          { schedule: { interval: '{{ $I }}' } },
          { schedule: { interval: 60 } },
        ],
      },
    ],
    ['a list of tags in a variable', 'tags: "{{ prefect.variables.x }}"', { tags: '{{ prefect.variables.x }}' }],
    ['a limit', 'concurrency_limit: 2', { concurrency_limit: 2 }],
    [
      'a limit with a strategy',
      'concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW, grace_period_seconds: 90}',
      {
        concurrency_limit: 2,
        concurrency_options: { collision_strategy: 'CANCEL_NEW', grace_period_seconds: 90 },
      },
    ],
    [
      'a strategy without a limit',
      'concurrency_limit: {limit: null, collision_strategy: ENQUEUE}',
      {
        concurrency_options: { collision_strategy: 'ENQUEUE' },
      },
    ],
    [
      'words, tags and switches',
      'version: "1.10", description: Loads., tags: [a, 3], enforce_parameter_schema: false',
      {
        version: '1.10',
        description: 'Loads.',
        tags: ['a', '3'],
        enforce_parameter_schema: false,
      },
    ],
    ['empty words as not given', 'version: "", description: "", tags: []', { tags: [] }],
    [
      'a pool with its variables',
      'work_pool: {name: big, work_queue_name: fast, ' +
        'job_variables: {n: 1, env: {A: "{{ prefect.blocks.secret.a }}", B: "{{ ctx.flow.name }}"}}}',
      {
        work_pool_name: 'big',
        work_queue_name: 'fast',
        job_variables: { n: 1, env: { A: '{{ prefect.blocks.secret.a }}', B: '{{ ctx.flow.name }}' } },
      },
    ],
    ['what looks like a placeholder and is text', 'description: "a {{ b c }} d"', { description: 'a {{ b c }} d' }],
    ['a deep list', `parameters: {x: ${deep(100)}}`, { parameters: { x: JSON.parse(deep(100)) as unknown } }],
  ];
  for (const [name, fields, expected] of table) {
    const load = given(entry(fields));
    it(`reads ${name}`, async () => {
      expect(fieldsOf((await load()).yaml)).toEqual([{ attribute: 'main', name: 'x', ...expected }]);
    });
  }

  const anchored = given(anchors);
  it('reads anchors, aliases and merges, as often as they are used', async () => {
    const fields = fieldsOf((await anchored()).yaml);
    expect(fields).toHaveLength(50);
    expect(fields[49]).toEqual({
      attribute: 'main',
      name: 'd49',
      parameters: { ACCOUNT: '098765432109', GIT_SHA: '7222e55' },
      work_pool_name: 'big',
      job_variables: { env: { ACCOUNT: '098765432109', GIT_SHA: '7222e55' } },
    });
  });

  const unrun = given(entry('parameters: {a: 08}'), BESIDE, 'static');
  it('is read in the same way for a flow that is not run', async () => {
    expect(fieldsOf((await unrun()).yaml)).toEqual([{ attribute: 'main', name: 'x', parameters: { a: '08' } }]);
  });

  const empty = given('');
  it('is nothing for an empty file', async () => {
    expect((await empty()).yaml).toEqual([]);
  });
});

describe('whose a deployment is', () => {
  const named: [string, string, string | null][] = [
    ['flow.py:main', BESIDE, 'main'],
    ['./flow.py:main', BESIDE, 'main'],
    ['flows/p/f/flow.py:main', BESIDE, 'main'],
    ['flows/p/f/flow.py:main', 'prefect.yaml', 'main'],
    ['flows.p.f.flow.main', 'prefect.yaml', 'main'],
    ['flows.p.f.flow:main', 'prefect.yaml', 'main'],
    ['flow.py:Demo.run', BESIDE, 'Demo.run'],
    ['', BESIDE, null],
  ];
  for (const [entrypoint, file, attribute] of named) {
    const load = given(entry('', entrypoint), file);
    it(`${entrypoint || 'no entrypoint'} of ${file} is this flow's`, async () => {
      const { yaml, flows } = await load();
      expect(yaml).toEqual([{ file, attribute, fields: { name: 'x' } }]);
      expect(flows.map((flow) => flow.attribute)).toContain(attribute ?? 'main');
    });
  }

  const far = ['flows/p/g/flow.py:main', 'flows.p.g.flow:main', ''].map((entrypoint) =>
    given(entry('paused: maybe', entrypoint), 'prefect.yaml'),
  );
  it("other flows' deployments of a shared file are not looked at", async () => {
    for (const load of far) expect((await load()).yaml).toEqual([]);
  });

  const near = [
    given(entry('', 'other.py:main')),
    given(entry('', 'flows/p/f/other.py:main'), 'prefect.yaml'),
    given(entry('', 'flows.p.f.flow.Demo.run'), 'prefect.yaml'),
  ];
  it('a deployment of the folder that names another file is said', async () => {
    for (const load of near) {
      const { yaml, unregistered } = await load();
      expect(yaml).toEqual([
        expect.objectContaining({ unmatched: expect.stringMatching(/the deployment "x" names /) }),
      ]);
      expect(unregistered).toEqual([expect.stringMatching(/"x" names .*, which is not flows\/p\/f\/flow.py/)]);
    }
  });
});

describe('what a prefect.yaml can not declare', () => {
  const billion = [
    'a: &a0 [1]',
    ...Array.from({ length: 8 }, (_, at) => `b${at}: &a${at + 1} [${`*a${at}, `.repeat(10)}]`),
  ];
  const table: [string, string, RegExp][] = [
    ['a version that is a number', entry('version: 1.10'), /"x" .*version: .*1\.1/],
    [
      'schedule beside schedules',
      entry('schedule: {cron: "0 1 * * *"}, schedules: []'),
      /"x" .*[Bb]oth 'schedule' and 'schedules'/,
    ],
    [
      'two kinds of schedule',
      entry('schedules: [{cron: "0 1 * * *", interval: 60}]'),
      /"x" .*schedules\.0: .*[Ee]xactly one of/,
    ],
    ['a schedule of no kind', entry('schedules: [{timezone: UTC}]'), /"x" .*[Ee]xactly one of/],
    ['an unknown word in a schedule', entry('schedules: [{interval: 60, foo: 1}]'), /"x" .*schedules\.0\.foo/],
    ['an interval of words', entry('schedules: [{interval: soon}]'), /"x" .*schedules\.0\.interval: .*soon/],
    ['an unknown timezone', entry('schedules: [{cron: "0 1 * * *", timezone: Nowhere/X}]'), /"x" .*Nowhere\/X/],
    ['a bad cron', entry('schedules: [{cron: "99 * * * *"}]'), /"x" .*cron/],
    ['a switch of words', entry('paused: maybe'), /"x" .*paused: /],
    ['a limit without a strategy', entry('concurrency_limit: {limit: 2}'), /"x" .*collision_strategy/],
    ['tags that are text', entry('tags: abc'), /"x" .*tags is text/],
    [
      'an integer that JSON readers round',
      entry('parameters: {n: 12345678901234567890}'),
      /parameters\.n is 12345678901234567890/,
    ],
    ['a number that JSON has not', entry('parameters: {n: .nan}'), /parameters\.n is nan/],
    ['an alias inside of what it names', entry('parameters: &p {x: *p}'), /"x" .*alias lies inside/],
    ['aliases of aliases', `${billion.join('\n')}\n${entry('parameters: {x: *a8}')}`, /"x" .*more than/],
    ['a depth of 10,000', entry(`parameters: {x: ${'['.repeat(10_000)}${']'.repeat(10_000)}}`), /nested too deeply/],
    ['an unknown tag', entry('parameters: {x: !foo 1}'), /!foo.*line 2/],
    ['no YAML', 'deployments: [', /can't be read/],
    ['no list of deployments', 'deployments: {a: 1}', /can't be read/],
    [
      "a step's output",
      entry('work_pool: {job_variables: {image: "{{ build-image.image }}"}}'),
      /"x" .*\{\{ build-image\.image \}\}/,
    ],
    [
      "a step's output in a text",
      entry('version: "v{{ get-commit-hash.stdout }}"'),
      /\{\{ get-commit-hash\.stdout \}\}/,
    ],
  ];
  for (const [name, text, what] of table) {
    const load = given(text);
    it(`is ${name}: one line`, async () => {
      const refusal = { what: expect.stringMatching(what) as string, next: expect.any(String) as string };
      expect((await load()).yaml).toEqual([{ file: BESIDE, refusal }]);
      const { yaml } = await load();
      expect(JSON.stringify(yaml)).not.toContain('\\n');
    });
  }

  const images = given(
    `build: [{prefect_docker.deployments.steps.build_docker_image: {id: build-image}}]
${entry('work_pool: {job_variables: {image: "{{ build-image.image }}"}}')}`,
  );
  it('names the counterpart of a step', async () => {
    const [declared] = (await images()).yaml;
    expect(declared).toMatchObject({
      refusal: {
        next: expect.stringMatching(/projectOf.*\$GIT_SHA/),
        what: expect.stringMatching(/no build or push step/),
      },
    });
  });

  const broken = 'deployments: [\n# flows/p/f/flow.py:main\n';
  const [mentions, other] = [
    given(broken, 'prefect.yaml'),
    given('deployments: [flows/p/g/flow.py:main', 'prefect.yaml'),
  ];
  it('fails only the flows that a shared file names, where it is broken', async () => {
    expect((await mentions()).yaml).toEqual([expect.objectContaining({ refusal: expect.anything() })]);
    expect((await other()).yaml).toEqual([]);
  });
});

describe('the pull steps of a prefect.yaml', () => {
  const clone = (inputs: string) => `[{prefect.deployments.steps.git_clone: {id: c, ${inputs}}}]`;
  const both = given(`pull: ${clone('repository: shared')}\n${entry(`pull: ${clone('repository: own')}`)}`);
  const shared = given(`pull: ${clone('repository: "{{ $REPOSITORY }}", branch: "{{ c.x }}"')}\n${entry('tags: [a]')}`);
  const none = given(entry('pull: []'));
  const without = given(entry('tags: [a]'));
  const ofBuild = given(
    `build: [{x.y: {id: image}}]\npull: ${clone('repository: "{{ image.tag }}"')}\n${entry('tags: [a]')}`,
  );
  const pullOf = async (load: () => Promise<LoadedPrefect3>) =>
    (await load()).yaml.map((each) => ('pull' in each ? each.pull : undefined));
  const step = (inputs: object) => ({ 'prefect.deployments.steps.git_clone': { id: 'c', ...inputs } });

  it('are those of the deployment, else those of the file, with their placeholders', async () => {
    expect(await pullOf(both)).toEqual([{ steps: [step({ repository: 'own' })], unfilled: null }]);
    expect(await pullOf(shared)).toEqual([
      { steps: [step({ repository: '{{ $REPOSITORY }}', branch: '{{ c.x }}' })], unfilled: null },
    ]);
  });

  it('may be none, which is not the same as nothing declared', async () => {
    expect(await pullOf(none)).toEqual([{ steps: [], unfilled: null }]);
    expect(await pullOf(without)).toEqual([undefined]);
  });

  it('name the output of a build step that they need', async () => {
    expect(await pullOf(ofBuild)).toEqual([expect.objectContaining({ unfilled: 'image.tag' })]);
  });

  const wrong = ['x', '{prefect.deployments.steps.git_clone: {repository: x}}', '[{a: {}, b: {}}]', '[{a: null}]'];
  const refused = wrong.map((pull) => given(entry(`pull: ${pull}`)));
  it('are refused by name where Prefect could not run them', async () => {
    for (const load of refused) {
      const { yaml } = await load();
      expect(yaml).toEqual([
        { file: BESIDE, refusal: { what: expect.stringContaining('"x"'), next: expect.anything() } },
      ]);
    }
  });
});

describe('what of a prefect.yaml is not used', () => {
  const load = given(
    `push: [{prefect.deployments.steps.git_clone: {repository: x}}]
${entry('triggers: [], _sla: 1, version_type: x, work_pool: {nme: x}')}`,
  );
  it('is said by name', async () => {
    const { unregistered } = await load();
    expect(unregistered).toEqual([
      ...['triggers', '_sla', 'version_type', 'work_pool.nme'].map((name) =>
        expect.stringMatching(`"${name}" of the deployment "x" is not managed`),
      ),
      expect.stringContaining('"push" steps are not run'),
    ]);
  });
});
