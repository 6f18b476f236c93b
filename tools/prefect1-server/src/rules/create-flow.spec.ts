import { Store } from '../data/store';
import type { Json } from '../data/tables';
import { createFlow, type CreateFlowInput } from './create-flow';
import { mutate } from './resolvers';

const SCHEDULE = { type: 'Schedule', clocks: [{ type: 'CronClock', cron: '0 6 * * *' }] };
const parameter = (more: Record<string, Json> = {}) => ({
  name: 'day',
  slug: 'day',
  required: true,
  default: null,
  type: 'prefect.core.parameter.Parameter',
  ...more,
});

function world(store = new Store()) {
  const tenant = store.insert('tenant', { name: 't', slug: 't', settings: {} });
  const project = store.insert('project', { tenant_id: tenant, name: 'P' });
  const create = (flow: Record<string, Json>, input: Partial<CreateFlowInput> = {}) =>
    store.transaction(() =>
      createFlow(store, {
        project_id: project,
        ...input,
        serialized_flow: { name: 'f', tasks: [], edges: [], ...flow },
      }),
    );
  return { store, tenant, project, create };
}

describe('a new version', () => {
  it('holds what the serialized flow says, and a new group the settings of the real server', () => {
    const { store, tenant, project, create } = world();
    const flow = {
      __version__: '0.15.13',
      storage: { type: 'S3', bucket: 'b' },
      run_config: { type: 'ECSRun', labels: ['x'] },
      environment: null,
      parameters: [parameter()],
      schedule: SCHEDULE,
      tasks: [
        {
          slug: 'a-1',
          name: 'a',
          tags: ['t'],
          trigger: { fn: 'prefect.triggers.all_successful', kwargs: {} },
          anything: 1,
        },
        { slug: 'b-1' },
      ],
      edges: [
        {
          upstream_task: { slug: 'a-1', __version__: '0.15.13' },
          downstream_task: { slug: 'b-1' },
          key: 'x',
          mapped: true,
        },
      ],
    };
    const id = create(flow, { idempotency_key: 'k', description: 'words' });
    expect(store.get('flow', id)).toMatchObject({
      tenant_id: tenant,
      project_id: project,
      name: 'f',
      version: 1,
      archived: false,
      core_version: '0.15.13',
      description: 'words',
      settings: {},
      serialized_flow: { name: 'f', ...flow },
      storage: flow.storage,
      run_config: flow.run_config,
      environment: null,
      parameters: flow.parameters,
      schedule: SCHEDULE,
    });
    const settings = {
      heartbeat_enabled: true,
      lazarus_enabled: true,
      version_locking_enabled: false,
      idempotency_key: 'k',
    };
    expect(store.all('flow_group')).toMatchObject([
      { name: store.get('flow', id)?.version_group_id, settings, labels: null, schedule: null, default_parameters: {} },
    ]);
    expect(store.all('task')).toMatchObject([
      { slug: 'a-1', tags: ['t'], trigger: 'prefect.triggers.all_successful' },
      { slug: 'b-1', tags: [], max_retries: 0 },
    ]);
    const [a, b] = store.all('task');
    expect(store.all('edge')).toMatchObject([
      { upstream_task_id: a?.id, downstream_task_id: b?.id, key: 'x', mapped: true },
    ]);
  });

  it('keeps the name and settings of its group; labels and parameters of the group stay', () => {
    const { store, create } = world();
    create({}, { idempotency_key: 'k' });
    const [group] = store.all('flow_group');
    mutate(store, 'set_flow_group_labels', { flow_group_id: group?.id, labels: ['a', 'b', 'a'] });
    store.update('flow_group', group?.id ?? '', { settings: { mine: 1, idempotency_key: 'k' } });
    create({});
    expect(store.all('flow_group')).toMatchObject([
      { id: group?.id, labels: ['a', 'b'], settings: { mine: 1, idempotency_key: null } },
    ]);
  });

  it('fails whole when an edge names a task that is not there', () => {
    const { store, create } = world();
    expect(() => create({ edges: [{ upstream_task: 'a', downstream_task: 'b' }] })).toThrow(
      'Edges could not be registered',
    );
    expect([store.all('flow'), store.all('flow_group')]).toEqual([[], []]);
  });

  it('asks for a project that exists, and a name', () => {
    const { create } = world();
    expect(() => create({}, { project_id: '00000000-0000-4000-8000-000000000000' })).toThrow('Invalid project.');
    expect(() => create({ name: null })).toThrow('name');
  });
});

describe('the schedule of a new version', () => {
  const active = (
    flow: Record<string, Json>,
    input: Partial<CreateFlowInput> = {},
    prepare?: (store: Store) => void,
  ) => {
    const { store, create } = world();
    if (prepare) {
      create({});
      prepare(store);
    }
    return store.get('flow', create(flow, input))?.is_schedule_active;
  };
  const group = (store: Store) => store.all('flow_group')[0]?.id ?? '';

  it('is on, unless the caller says otherwise or there is none', () => {
    expect(active({ schedule: SCHEDULE })).toBe(true);
    expect(active({ schedule: SCHEDULE }, { set_schedule_active: true })).toBe(true);
    expect(active({ schedule: SCHEDULE }, { set_schedule_active: false })).toBe(false);
    expect(active({})).toBe(false);
    expect(active({ schedule: null }, { set_schedule_active: true })).toBe(false);
  });

  it("is on for a group's own schedule too", () => {
    expect(
      active({}, {}, (store) =>
        mutate(store, 'set_flow_group_schedule', { flow_group_id: group(store), cron_clocks: [{ cron: '0 0 * * *' }] }),
      ),
    ).toBe(true);
  });

  it('stays off, and the version is made, when a required parameter has no value', () => {
    const parameters = [parameter()];
    expect(active({ schedule: SCHEDULE, parameters })).toBe(false);
    expect(active({ schedule: SCHEDULE, parameters: [parameter({ required: false })] })).toBe(true);
    expect(active({ schedule: { clocks: [{ parameter_defaults: { day: 1 } }] }, parameters })).toBe(true);
    expect(active({ schedule: { clocks: [{ parameter_defaults: { day: 1 } }, {}] }, parameters })).toBe(false);
    expect(
      active({ schedule: SCHEDULE, parameters }, {}, (store) =>
        store.update('flow_group', group(store), { default_parameters: { day: 1 } }),
      ),
    ).toBe(true);
  });

  it('switched on by hand: an error for a missing parameter, false without a schedule', () => {
    const { store, create } = world();
    const set = (id: string, to: 'active' | 'inactive') => mutate(store, `set_schedule_${to}`, { flow_id: id });
    expect(set(create({ name: 'none' }), 'active')).toEqual({ success: false });
    expect(() => set(create({ name: 'missing', schedule: SCHEDULE, parameters: [parameter()] }), 'active')).toThrow(
      'Can not schedule a flow that has required parameters.',
    );
    const id = create({ name: 'fine', schedule: SCHEDULE });
    expect([set(id, 'inactive'), store.get('flow', id)?.is_schedule_active]).toEqual([{ success: true }, false]);
    expect([set(id, 'active'), store.get('flow', id)?.is_schedule_active]).toEqual([{ success: true }, true]);
    expect(set('00000000-0000-4000-8000-000000000000', 'active')).toEqual({ success: false });
  });
});
