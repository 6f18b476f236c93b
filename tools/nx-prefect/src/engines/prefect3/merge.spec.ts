import fc from 'fast-check';
import { type DeploymentBody, differences, merge } from './merge';
import { readMark } from './marks';
import { OWNED_LABEL, ownedNames } from './owned-names';
import type { Deployment } from './rest-types';
import type { WantedDeployment } from './wanted-deployments';
import { driftedFields } from './written-fields';

const base: WantedDeployment = {
  flowName: 'load',
  name: 'default',
  entrypoint: 'flows/p/f/flow.py:load',
  description: null,
  version: 'abc',
  parameterOpenapiSchema: { type: 'object', properties: {} },
  enforceParameterSchema: true,
  pullSteps: [],
  workPool: 'local',
  workQueue: 'default',
  tags: [],
  jobVariables: {},
  parameters: {},
  schedules: [],
  paused: false,
  workspaceId: 'team',
  mark: { env: '', file: 'flows/p/f/flow.py', commit: 'abc123', names: 'names' },
  templated: false,
};

/** What Prefect 3's server holds after `POST /deployments/`. */
function post(body: DeploymentBody, held?: Deployment): Deployment {
  const limit =
    body.concurrency_limit === undefined
      ? (held?.global_concurrency_limit ?? null)
      : body.concurrency_limit === null
        ? null
        : { limit: body.concurrency_limit };
  const { concurrency_limit: _moved, ...rest } = body;
  return {
    id: 'id',
    name: 'default',
    flow_id: 'flow',
    ...rest,
    labels: { ...body.labels, 'prefect.flow.id': 'flow' },
    paused: body.paused ?? held?.paused ?? false,
    concurrency_options:
      body.concurrency_options === undefined ? (held?.concurrency_options ?? null) : body.concurrency_options,
    global_concurrency_limit: limit,
    // The server's rows have more than a request may send.
    schedules: body.schedules.map((item, at) => ({ ...item, id: `schedule ${at}`, created: 'now' })),
  };
}

const SENT = ['active', 'max_scheduled_runs', 'parameters', 'schedule', 'slug'];

const names = fc.constantFrom('a', 'b', 'c', 'd');
const record = fc.dictionary(names, fc.oneof(fc.integer(), fc.string()), { maxKeys: 3 }).map((value) => ({ ...value }));
const schedule = fc.record({
  slug: fc.option(names),
  schedule: fc.oneof(
    fc.record({ cron: fc.constantFrom('0 6 * * *', '0 7 * * *') }),
    fc.record({ interval: fc.constantFrom(60, 3600) }),
    fc.record({ rrule: fc.constant('FREQ=DAILY'), timezone: fc.constantFrom('UTC', 'Europe/Berlin') }),
  ),
});
const schedules = fc.uniqueArray(schedule, {
  selector: (item) => item.slug ?? JSON.stringify(item.schedule),
  maxLength: 4,
});
const wanted: fc.Arbitrary<WantedDeployment> = fc
  .record({
    version: names,
    tags: fc.uniqueArray(names),
    jobVariables: record,
    parameters: record,
    schedules,
    workPool: names,
    limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  })
  .map(({ limit, ...fields }) => ({ ...base, ...fields, ...(limit === undefined ? {} : { concurrencyLimit: limit }) }));

describe('merge', () => {
  it('is in sync after one write, whatever was there before', () => {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 5 }), (versions) => {
        let held: Deployment | undefined;
        for (const version of versions) held = post(merge(version, held), held);
        expect(differences(versions.at(-1) ?? base, held as Deployment)).toEqual([]);
      }),
    );
  });

  it('ends with what source says last: nothing of an earlier version is left', () => {
    fc.assert(
      fc.property(fc.array(wanted, { maxLength: 4 }), wanted, (earlier, last) => {
        let held: Deployment | undefined;
        for (const version of [...earlier, last]) held = post(merge(version, held), held);
        const fresh = post(merge(last, undefined));
        const slugs = (deployment?: Deployment) =>
          deployment?.schedules.map((one) => one.slug ?? JSON.stringify(one.schedule)).sort();
        expect([held?.parameters, held?.job_variables, held?.global_concurrency_limit]).toEqual([
          fresh.parameters,
          fresh.job_variables,
          fresh.global_concurrency_limit,
        ]);
        expect([...(held?.tags ?? [])].sort()).toEqual([...fresh.tags].sort());
        expect(slugs(held)).toEqual(slugs(fresh));
      }),
    );
  });

  it('keeps what people set and source does not name', () => {
    fc.assert(
      fc.property(wanted, wanted, (before, after) => {
        const held = post(merge(before, undefined));
        const edited: Deployment = {
          ...held,
          paused: true,
          tags: [...held.tags, 'people'],
          parameters: { ...held.parameters, people: 1 },
          job_variables: { ...held.job_variables, people: 2 },
          labels: { ...held.labels, people: 'x' },
          schedules: [
            ...held.schedules,
            { slug: 'people', active: false, schedule: { cron: '1 1 * * *' }, parameters: {}, max_scheduled_runs: 4 },
            {
              slug: null,
              active: false,
              schedule: { cron: '2 2 * * *' },
              parameters: { n: 1 },
              max_scheduled_runs: null,
            },
          ],
        };
        expect(differences(before, edited)).toEqual([]);
        const written = post(merge(after, edited), edited);
        expect(written).toMatchObject({
          paused: true,
          parameters: { people: 1 },
          job_variables: { people: 2 },
          labels: { people: 'x' },
        });
        expect(written.tags).toContain('people');
        expect(written.schedules).toContainEqual(
          expect.objectContaining({ slug: 'people', active: false, max_scheduled_runs: 4 }),
        );
        expect(written.schedules).toContainEqual(
          expect.objectContaining({ slug: null, active: false, schedule: { cron: '2 2 * * *' } }),
        );
        for (const sent of merge(after, edited).schedules) expect(Object.keys(sent).sort()).toEqual(SENT);
      }),
    );
  });

  it.each<[string, Partial<Deployment>]>([
    ['entrypoint', { entrypoint: 'flows/p/f/flow.py:other' }],
    ['pull_steps', { pull_steps: null }],
    ['version', { version: 'somebody' }],
    ['description', { description: 'edited' }],
    ['work_pool_name', { work_pool_name: 'other' }],
    ['work_queue_name', { work_queue_name: 'other' }],
    ['parameter_openapi_schema', { parameter_openapi_schema: {} }],
    ['parameters', { parameters: {} }],
    ['job_variables', { job_variables: { image: 'other' } }],
    ['tags', { tags: [] }],
    ['labels', { labels: {} }],
    ['schedules', { schedules: [] }],
    ['path', { path: '/somewhere' }],
    ['concurrency_limit', { global_concurrency_limit: null }],
  ])('notices that %s was edited by hand', (field, edit) => {
    const full: WantedDeployment = {
      ...base,
      tags: ['ours'],
      parameters: { day: 1 },
      jobVariables: { image: 'ours' },
      schedules: [{ slug: 's', schedule: { cron: '0 6 * * *' } }],
      concurrencyLimit: 2,
    };
    const held = { ...post(merge(full, undefined)), ...edit };
    expect(differences(full, held)).toEqual([field]);
    // What the mark itself is in tells nothing, and neither does what it has no digest of.
    const told = ['labels', 'path'].includes(field) ? [] : [field];
    expect(driftedFields(readMark(held)?.wrote ?? '', held, ownedNames(held))).toEqual(told);
  });

  it("sees no drift in what it wrote, nor in people's own fields, whatever came before", () => {
    fc.assert(
      fc.property(fc.array(wanted, { minLength: 1, maxLength: 4 }), (versions) => {
        let held: Deployment | undefined;
        for (const version of versions) held = post(merge(version, held), held);
        const { labels, tags, schedules: written } = held as Deployment;
        const switched = written.map((item) => ({ ...item, active: !item.active }));
        const edited = { ...held, tags: [...tags, 'people'], schedules: switched, paused: true } as Deployment;
        expect(driftedFields(readMark({ labels })?.wrote ?? '', edited, ownedNames(edited))).toEqual([]);
      }),
    );
  });

  it('a newer commit with equal content is no difference; a mark that is missing is one', () => {
    const held = post(merge(base, undefined));
    expect(differences({ ...base, mark: { ...base.mark, commit: 'newer' } }, held)).toEqual([]);
    const { [OWNED_LABEL]: owned = '' } = held.labels ?? {};
    expect(differences(base, { ...held, labels: { [OWNED_LABEL]: owned } })).toEqual(['labels']);
  });

  it('leaves the switch of a schedule as people put it when its cron changes', () => {
    const daily = (cron: string) => ({ ...base, schedules: [{ slug: 'daily', schedule: { cron }, active: true }] });
    const held = post(merge(daily('0 6 * * *'), undefined));
    const paused = { ...held, schedules: held.schedules.map((item) => ({ ...item, active: false })) };
    expect(differences(daily('0 6 * * *'), paused)).toEqual([]);
    expect(merge(daily('0 7 * * *'), paused).schedules).toEqual([
      expect.objectContaining({ active: false, schedule: { cron: '0 7 * * *' } }),
    ]);
  });

  const crons = (...list: string[]) => ({
    ...base,
    schedules: list.map((cron) => ({ slug: null, schedule: { cron } })),
  });

  it('recognises the schedule of a script that gave no slug, and does not double it', () => {
    const held: Deployment = {
      ...post(merge(base, undefined)),
      labels: {},
      schedules: [
        {
          slug: null,
          active: false,
          schedule: { cron: '0 6 * * *', timezone: 'UTC', day_or: true },
          parameters: {},
          max_scheduled_runs: null,
        },
      ],
    };
    for (const slug of [null, 'daily']) {
      const body = merge({ ...base, schedules: [{ slug, schedule: { cron: '0 6 * * *' } }] }, held);
      expect(body.schedules).toEqual([expect.objectContaining({ slug, active: false })]);
    }
    expect(merge(crons('0 7 * * *'), held).schedules).toEqual([
      expect.objectContaining({ active: false, schedule: held.schedules[0]?.schedule }),
      expect.objectContaining({ active: true, schedule: { cron: '0 7 * * *' } }),
    ]);
  });

  const switchedOff = (held: Deployment, cron: string) => ({
    ...held,
    schedules: held.schedules.map((item) => (item.schedule['cron'] === cron ? { ...item, active: false } : item)),
  });
  const switches = (body: DeploymentBody) => body.schedules.map((item) => [item.schedule['cron'], item.active]);

  it('leaves the switches with their schedules when one before them goes', () => {
    const held = switchedOff(post(merge(crons('0 4 * * *', '0 5 * * *'), undefined)), '0 5 * * *');
    expect(switches(merge(crons('0 5 * * *'), held))).toEqual([['0 5 * * *', false]]);
    expect(switches(merge(crons('0 3 * * *', '0 4 * * *', '0 5 * * *'), held))).toEqual([
      ['0 3 * * *', true],
      ['0 4 * * *', true],
      ['0 5 * * *', false],
    ]);
  });

  it('takes an edited schedule without a slug for the one in its place', () => {
    const held = switchedOff(post(merge(crons('0 4 * * *', '0 5 * * *'), undefined)), '0 5 * * *');
    expect(switches(merge(crons('0 4 * * *', '0 6 * * *'), held))).toEqual([
      ['0 4 * * *', true],
      ['0 6 * * *', false],
    ]);
  });

  const edited = (held: Deployment, ...list: string[]) => ({
    ...held,
    schedules: list.map((cron) => ({ ...held.schedules[0]!, schedule: { cron, timezone: 'UTC' } })),
  });

  it('puts a schedule right that somebody edited, and keeps one that somebody added', () => {
    const held = post(merge(crons('0 4 * * *', '0 5 * * *'), undefined));
    const hand = edited(held, '0 4 * * *', '9 9 * * *', '8 8 * * *');
    expect(differences(crons('0 4 * * *', '0 5 * * *'), hand)).toEqual(['schedules']);
    expect(switches(merge(crons('0 4 * * *', '0 5 * * *'), hand))).toEqual([
      ['8 8 * * *', true],
      ['0 4 * * *', true],
      ['0 5 * * *', true],
    ]);
  });

  it('replaces what prefect deploy made of an earlier source, under its switches', () => {
    const held = post(merge(crons('0 4 * * *'), undefined));
    const deployed = {
      ...switchedOff(edited(held, '1 4 * * *', '1 5 * * *'), '1 4 * * *'),
      tags: [],
      version: 'theirs',
    };
    expect(switches(merge(crons('2 4 * * *'), deployed))).toEqual([['2 4 * * *', false]]);
    expect(switches(merge(crons('1 5 * * *', '1 4 * * *'), deployed))).toEqual([
      ['1 5 * * *', true],
      ['1 4 * * *', false],
    ]);
  });

  it('takes the slug by place that earlier versions gave away, with its switch', () => {
    const held = switchedOff(post(merge(crons('0 4 * * *'), undefined)), '0 4 * * *');
    const earlier: Deployment = {
      ...held,
      labels: { 'nx-prefect.owned': JSON.stringify({ schedules: ['schedule-1'] }) },
      schedules: held.schedules.map((item) => ({ ...item, slug: 'schedule-1' })),
    };
    expect(merge(crons('0 4 * * *'), earlier).schedules).toEqual([
      expect.objectContaining({ slug: null, active: false }),
    ]);
  });

  it('takes a renamed schedule for the one that it replaces', () => {
    const called = (slug: string, replaces?: string) => ({
      ...base,
      schedules: [{ slug, schedule: { cron: '0 4 * * *' }, ...(replaces ? { replaces } : {}) }],
    });
    const held = switchedOff(post(merge(called('old'), undefined)), '0 4 * * *');
    expect(merge(called('new', 'old'), held).schedules).toEqual([
      expect.objectContaining({ slug: 'new', active: false }),
    ]);
  });

  it('takes a limit of runs and a timezone away that source no longer gives', () => {
    const held = post(
      merge(
        {
          ...base,
          schedules: [{ slug: 's', schedule: { interval: 60, timezone: 'Europe/Rome' }, max_scheduled_runs: 2 }],
        },
        undefined,
      ),
    );
    expect(differences({ ...base, schedules: [{ slug: 's', schedule: { interval: 60 } }] }, held)).toEqual([
      'schedules',
    ]);
  });

  it('does not take the DTSTART that the server puts before a rule for a difference', () => {
    const daily = { ...base, schedules: [{ slug: 's', schedule: { rrule: 'FREQ=DAILY' } }] };
    const held = post(merge(daily, undefined));
    const anchored = {
      ...held,
      schedules: held.schedules.map((item) => ({
        ...item,
        schedule: { rrule: 'DTSTART:20200101T000000\nFREQ=DAILY', timezone: 'UTC' },
      })),
    };
    expect(differences(daily, anchored)).toEqual([]);
  });

  it('keeps the anchor that the server gave to an interval without one', () => {
    const hourly = { ...base, schedules: [{ slug: 'hourly', schedule: { interval: 3600 } }] };
    const held = post(merge(hourly, undefined));
    const anchored = {
      ...held,
      schedules: held.schedules.map((item) => ({
        ...item,
        schedule: { interval: 3600.0, anchor_date: '2026-01-01T00:00:00Z', timezone: 'UTC' },
      })),
    };
    expect(differences(hourly, anchored)).toEqual([]);
    expect(merge({ ...hourly, version: 'next' }, anchored).schedules[0]?.schedule).toHaveProperty('anchor_date');
  });
});
