import { yamlDeploymentsOf } from './prefect-yaml';

const FLOW = 'flows/p/f/flow.py';

function fieldsOf(yaml: string, file = 'flows/p/f/prefect.yaml') {
  return yamlDeploymentsOf(FLOW, file, yaml).deployments.map(({ attribute, fields }) => ({ attribute, ...fields }));
}

describe('yamlDeploymentsOf', () => {
  it('takes deployments of this flow from the file at the root, and leaves the others', () => {
    const yaml = `
deployments:
  - name: nightly
    entrypoint: flows/p/f/flow.py:main
  - name: other
    entrypoint: flows/p/g/flow.py:main
`;
    expect(fieldsOf(yaml, 'prefect.yaml')).toEqual([{ attribute: 'main', name: 'nightly' }]);
  });

  it.each(['flow.py:main', 'flows/p/f/flow.py:main', './flow.py:main'])(
    'takes the entrypoint %s of a file beside the flow',
    (entrypoint) => {
      expect(fieldsOf(`deployments: [{name: x, entrypoint: ${entrypoint}}]`)).toHaveLength(1);
    },
  );

  it('takes a deployment without an entrypoint only from the file beside the flow', () => {
    const yaml = 'deployments: [{name: x}]';
    expect(fieldsOf(yaml)).toEqual([{ attribute: null, name: 'x' }]);
    expect(fieldsOf(yaml, 'prefect.yaml')).toEqual([]);
  });

  it('reads every field that prefect deploy reads', () => {
    const yaml = `
deployments:
  - name: nightly
    entrypoint: flow.py:main
    version: 1.2
    description: Loads sales.
    tags: [a, b]
    parameters: {day: 2026-01-01, limit: 3}
    paused: true
    enforce_parameter_schema: false
    concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW}
    work_pool: {name: big, work_queue_name: fast, job_variables: {env: {A: "{{ prefect.blocks.secret.a }}"}}}
    schedules:
      - {cron: "0 6 * * *", timezone: Europe/Berlin, slug: daily, active: false}
      - {interval: PT1H, anchor_date: 2026-01-01T00:00:00Z}
      - {rrule: FREQ=DAILY, parameters: {limit: 1}}
`;
    expect(fieldsOf(yaml)).toEqual([
      {
        attribute: 'main',
        name: 'nightly',
        version: '1.2',
        description: 'Loads sales.',
        tags: ['a', 'b'],
        parameters: { day: '2026-01-01', limit: 3 },
        paused: true,
        enforce_parameter_schema: false,
        concurrency_limit: 2,
        concurrency_options: { collision_strategy: 'CANCEL_NEW' },
        work_pool_name: 'big',
        work_queue_name: 'fast',
        job_variables: { env: { A: '{{ prefect.blocks.secret.a }}' } },
        schedules: [
          { schedule: { cron: '0 6 * * *', timezone: 'Europe/Berlin' }, slug: 'daily', active: false },
          { schedule: { interval: 3600, anchor_date: '2026-01-01T00:00:00Z' } },
          { schedule: { rrule: 'FREQ=DAILY' }, parameters: { limit: 1 } },
        ],
      },
    ]);
  });

  it('warns that build, push and pull steps are not run', () => {
    const yaml =
      'pull: [{prefect.deployments.steps.git_clone: {repository: x}}]\n' +
      'deployments: [{name: x, entrypoint: flow.py:main}]';
    expect(yamlDeploymentsOf(FLOW, 'flows/p/f/prefect.yaml', yaml).warnings).toEqual([
      expect.stringContaining('"pull" steps'),
    ]);
  });

  it.each([
    ['deployments: [', 'prefect-yaml'],
    ['deployments: {a: 1}', 'prefect-yaml'],
    ['deployments: [{name: x, schedules: [{timezone: UTC}]}]', 'prefect-yaml'],
    ['deployments: [{name: x, schedules: [{interval: soon}]}]', 'prefect-yaml'],
  ])('refuses %s', (yaml, code) => {
    expect(() => fieldsOf(yaml)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('flows/p/f/prefect.yaml') }),
    );
  });

  it('takes the module form of an entrypoint, and a rule as JSON', () => {
    const yaml =
      'deployments: [{name: x, entrypoint: flows.p.f.flow.main, ' +
      `schedules: [{rrule: '{"rrule": "FREQ=DAILY", "timezone": "UTC"}'}]}]`;
    expect(fieldsOf(yaml, 'prefect.yaml')).toEqual([
      { attribute: 'main', name: 'x', schedules: [{ schedule: { rrule: 'FREQ=DAILY', timezone: 'UTC' } }] },
    ]);
  });

  it('keeps a switch that is a placeholder for when it is registered', () => {
    expect(
      fieldsOf('deployments: [{name: x, paused: "{{ $P }}", schedules: [{cron: "* * * * *", active: "{{ $A }}"}]}]'),
    ).toEqual([
      {
        attribute: null,
        name: 'x',
        paused: '{{ $P }}',
        schedules: [{ schedule: { cron: '* * * * *' }, active: '{{ $A }}' }],
      },
    ]);
  });

  it.each([
    [
      'deployments: [{name: x, entrypoint: other.py:main}]',
      /"x" names other.py:main, which is not flows\/p\/f\/flow.py/,
    ],
    [
      'deployments: [{name: x, entrypoint: flow.py:main, triggers: []}]',
      /"triggers" of the deployment "x" is not managed/,
    ],
  ])('warns about %s', (yaml, says) => {
    expect(yamlDeploymentsOf(FLOW, 'flows/p/f/prefect.yaml', yaml).warnings).toEqual([expect.stringMatching(says)]);
  });

  it("does not read other flows' deployments closely", () => {
    expect(
      fieldsOf('deployments: [{name: x, entrypoint: flows/p/g/flow.py:main, paused: maybe}]', 'prefect.yaml'),
    ).toEqual([]);
  });

  it('refuses an integer that JSON readers round', () => {
    expect(() => fieldsOf('deployments: [{name: x, parameters: {n: 12345678901234567890}}]')).toThrow(
      /n is 12345678901234567890/,
    );
  });

  it('takes y and n for names, as PyYAML does, and yes and no for switches', () => {
    expect(fieldsOf('deployments: [{name: x, parameters: {y: 1, n: no}, paused: yes}]')).toEqual([
      { attribute: null, name: 'x', parameters: { y: 1, n: false }, paused: true },
    ]);
  });

  it('is empty for an empty file', () => {
    expect(fieldsOf('')).toEqual([]);
  });
});
