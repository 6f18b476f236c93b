import { randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevelopmentServer, startServer } from 'prefect1-server';
import { canonicalJson, sha256 } from '../../nx-prefect/src/core/canonical';
import { type Connection } from '../../nx-prefect/src/engines/connection';
import { ecsRun } from '../../nx-prefect/src/engines/prefect1/library';
import { GraphqlServer } from '../../nx-prefect/src/engines/prefect1/graphql-server';
import type { WantedFlow } from '../../nx-prefect/src/engines/prefect1/wanted-flows';
import { storeOpener } from '../../nx-prefect/src/stores/stores';
import { Prefect1Api } from './parts/prefect1-api';

const CRON = {
  type: 'Schedule',
  clocks: [{ type: 'CronClock', cron: '0 3 * * *', parameter_defaults: {}, labels: null }],
  filters: [],
  or_filters: [],
  not_filters: [],
  adjustments: [],
};
const HOUR = 3_600_000;

const s3Storage = (prefix: string, name: string) =>
  storeOpener('/w')({ url: `s3://team/${prefix}` }).storage(name, 'flow.py', { name, prefect: '0.15.13' });

function wanted(name: string, more: Record<string, unknown> = {}, options: Partial<WantedFlow> = {}): WantedFlow {
  const serialized = {
    name,
    type: 'prefect.core.flow.Flow',
    __version__: '0.15.13',
    schedule: null,
    parameters: [],
    tasks: [],
    edges: [],
    reference_tasks: [],
    environment: null,
    run_config: ecsRun('0.15.13'),
    storage: s3Storage('prefect-flows', name),
    ...more,
  };
  const digest = sha256(canonicalJson(serialized));
  return {
    flow: `p-${name}`,
    identity: ['p', name],
    declaredIn: `flows/p/${name}/flow.py`,
    takeOver: false,
    createProject: true,
    startSchedule: true,
    workspaceId: 'team',
    mark: { env: '', file: `flows/p/${name}/flow.py`, commit: '' },
    serialized,
    digest,
    ...options,
  };
}

describe('what is written to a server of Prefect 0.15 - 1.x, and what is not', () => {
  let folder: string;
  let data: string;
  let server: DevelopmentServer;
  let api: Prefect1Api;
  let connection: Connection;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nx-prefect-1-'));
    data = join(folder, 'data.jsonl');
    server = await startServer({ data });
    api = new Prefect1Api(server.url);
    connection = { apiUrl: server.url, source: 'the test', backend: 'server' };
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** Plans and applies; an error where one of the two fails. */
  async function register(...flows: WantedFlow[]): Promise<string[]> {
    const graphql = new GraphqlServer(connection);
    const planned = await graphql.plan(flows);
    return Promise.all(
      planned.map(async (item) => {
        if (item instanceof Error) return item.message;
        const failed =
          item.action === 'unchanged'
            ? undefined
            : await graphql.apply(item, Promise.resolve()).catch((error: Error) => error.message);
        return failed ?? [item.action, ...item.fields].join(' ');
      }),
    );
  }

  /** The state of a server that was ended between the key and the version: the only flow group has the key. */
  async function leaveKey(idempotency_key: string): Promise<void> {
    const {
      flow_group: [group],
    } = await api.send<{ flow_group: [{ id: string; settings: object }] }>('query { flow_group { id settings } }');
    appendFileSync(
      data,
      `${JSON.stringify([['flow_group', group.id, { settings: { ...group.settings, idempotency_key } }]])}\n`,
    );
  }

  it('writes 250 flows, a request each, and reads before and after in a handful', async () => {
    const flows = Array.from({ length: 250 }, (_, at) => wanted(`f${at}`));
    expect(new Set(await register(...flows))).toEqual(new Set(['create']));
    // Two reads before, tenant and project, 250 writes, two reads of what was written.
    expect(server.counts()).toMatchObject({
      requests: 256,
      fields: { create_project: 1, create_flow_from_compressed_string: 250, flow: 4 },
    });
    expect((await api.versions('p')).filter(({ archived }) => !archived)).toHaveLength(250);

    server.resetCounts();
    expect(new Set(await register(...flows))).toEqual(new Set(['unchanged']));
    expect(server.counts()).toMatchObject({ requests: 2, mutations: 0 });
  });

  it('makes a version where something differs, and none where nothing does', async () => {
    await register(wanted('load'));
    expect(await register(wanted('load'))).toEqual(['unchanged']);
    const moved = wanted('load', {
      storage: s3Storage('other', 'load'),
      run_config: { ...ecsRun('0.15.13'), labels: ['prod'] },
    });
    expect(await register(moved)).toEqual(['update run_config.labels storage.key storage.flows']);
    expect(await register(moved)).toEqual(['unchanged']);
    expect(await register(wanted('load'))).toEqual(['update run_config.labels storage.key storage.flows']);
    expect((await api.versions('p', 'load')).map(({ version, archived }) => [version, archived])).toEqual([
      [3, false],
      [2, true],
      [1, true],
    ]);
  });

  it.each<[string, (projectId: string) => Promise<unknown>, string]>([
    [
      'a foreign registration came between',
      (id) =>
        api.create(id, { ...wanted('load').serialized, tasks: [], description: 'by hand' }, 'key of prefect register'),
      'update description',
    ],
    [
      'one without a key came between',
      (id) => api.create(id, { ...wanted('load').serialized, description: 'by hand' }),
      'update description',
    ],
    [
      'it was archived by hand',
      async () => api.mutate('archive_flow', { flow_id: (await api.current('p', 'load')).id }),
      'update archived',
    ],
    [
      'it was deleted by hand',
      async () => api.mutate('delete_flow', { flow_id: (await api.current('p', 'load')).id }),
      'create',
    ],
    ['its project was deleted', (id) => api.mutate('delete_project', { project_id: id }), 'create'],
    ['all data are gone', async () => rmSync(data), 'create'],
  ])('registers again when %s', async (_what, happen, expected) => {
    await register(wanted('load'));
    await happen(await api.projectId('p'));
    expect(await register(wanted('load'))).toEqual([expected]);
    expect((await api.current('p', 'load')).serialized_flow).toEqual(wanted('load').serialized);
    expect(await register(wanted('load'))).toEqual(['unchanged']);
  });

  it('follows a server that went back to older data', async () => {
    await register(wanted('load'));
    copyFileSync(data, join(folder, 'older.jsonl'));
    await register(wanted('load', { description: 'newer' }));
    copyFileSync(join(folder, 'older.jsonl'), data);
    expect(await register(wanted('load'))).toEqual(['unchanged']);
    expect(await register(wanted('load', { description: 'newer' }))).toEqual(['update description']);
  });

  it('is not taken in by its own key over another content, as a half failed registration leaves it', async () => {
    const newer = wanted('load', { description: 'newer' });
    await register(newer);
    const { flow_group } = await api.current('p', 'load');
    await register(wanted('load'));
    // The server takes the key before it makes the version.
    await api.create(
      await api.projectId('p'),
      { ...wanted('load').serialized, description: 'older' },
      flow_group.settings.idempotency_key ?? '',
    );
    expect(await register(newer)).toEqual(['update description']);
    expect((await api.current('p', 'load')).serialized_flow).toEqual(newer.serialized);
    expect(await register(newer)).toEqual(['unchanged']);
  });

  it('lets a storage build itself when a version is due, and then only, although each one is another', async () => {
    let builds = 0;
    const docker = (digest: string) => {
      const flow = wanted('load', {
        storage: { type: 'Docker', registry_url: 'registry', image_tag: null, flows: {} },
      });
      const build = () =>
        Promise.resolve({
          ...flow.serialized,
          storage: { ...flow.serialized.storage, image_tag: String(++builds), flows: { load: '/opt/load' } },
        });
      return { ...flow, digest: sha256(digest), build };
    };
    expect(await register(docker('one'))).toEqual(['create']);
    expect(await register(docker('one'))).toEqual(['unchanged']);
    expect(builds).toBe(1);
    expect(await register(docker('two'))).toEqual(['update storage']);
    // Somebody else's registration of the same flow may run anything.
    await api.create(
      await api.projectId('p'),
      (await api.current('p', 'load')).serialized_flow,
      'key of prefect register',
    );
    expect(await register(docker('two'))).toEqual(['update storage']);
    expect((await api.current('p', 'load')).serialized_flow.storage).toMatchObject({
      image_tag: '3',
      flows: { load: '/opt/load' },
    });
    // The server takes the key before it makes the version: a registration that failed in between left it over the old
    // one.
    const { version } = await api.current('p', 'load');
    await leaveKey(`nx-prefect:team:${sha256('three')}:${version}`);
    expect(await register(docker('three'))).toEqual(['update storage']);
    expect((await api.current('p', 'load')).serialized_flow.storage).toMatchObject({ image_tag: '4' });
    expect(await register(docker('three'))).toEqual(['unchanged']);
  });

  it('starts the schedule of a new flow, and leaves the switch as people left it', async () => {
    const active = async () => (await api.current('p', 'load')).is_schedule_active;
    const version = (number: number) => wanted('load', { schedule: CRON, description: String(number) });
    await register(version(1));
    expect(await active()).toBe(true);
    await register(version(2));
    expect(await active()).toBe(true);
    await api.mutate('set_schedule_inactive', { flow_id: (await api.current('p', 'load')).id });
    await register(version(3));
    expect(await active()).toBe(false);
    await api.mutate('archive_flow', { flow_id: (await api.current('p', 'load')).id });
    await register(version(3));
    expect(await active()).toBe(false);
    // A schedule that comes into a flow which had none starts.
    await register(wanted('load'));
    expect(await active()).toBe(false);
    await register(version(4));
    expect(await active()).toBe(true);
    // The option `schedule` is for schedules that are new.
    await register(wanted('load', { schedule: CRON, description: 'next' }, { startSchedule: false }));
    expect(await active()).toBe(true);
    await register(wanted('other', { schedule: CRON }, { startSchedule: false }));
    expect((await api.current('p', 'other')).is_schedule_active).toBe(false);
  });

  it('starts a schedule that lacked a parameter as soon as it has it', async () => {
    const day = {
      parameters: [
        {
          name: 'day',
          required: true,
          default: null,
          slug: 'day',
          __version__: '0.15.13',
          type: 'prefect.core.parameter.Parameter',
          outputs: 'typing.Any',
          tags: [],
        },
      ],
    };
    const clock = (parameter_defaults: object) => ({ ...CRON, clocks: [{ ...CRON.clocks[0], parameter_defaults }] });
    await register(wanted('load', { ...day, schedule: clock({}) }));
    expect((await api.current('p', 'load')).is_schedule_active).toBe(false);
    await register(wanted('load', { ...day, schedule: clock({ day: 'today' }) }));
    expect((await api.current('p', 'load')).is_schedule_active).toBe(true);
  });

  it('keeps what people set at the flow group', async () => {
    await register(wanted('load'));
    const group = async () =>
      (await api.send<{ flow_group: unknown[] }>('query { flow_group { labels schedule default_parameters } }'))
        .flow_group;
    const [{ id }] = (await api.send<{ flow_group: [{ id: string }] }>('query { flow_group { id } }')).flow_group;
    await api.mutate('set_flow_group_labels', { flow_group_id: id, labels: ['people'] });
    await api.mutate('set_flow_group_schedule', {
      flow_group_id: id,
      cron_clocks: [{ cron: '0 1 * * *' }],
      interval_clocks: [],
    });
    const before = await group();
    await register(wanted('load', { description: 'newer' }));
    expect(await group()).toEqual(before);
  });

  it("leaves another workspace's flow alone, unless told to take it over", async () => {
    await register(wanted('load', {}, { workspaceId: 'others' }));
    const ours = wanted('load', { description: 'ours' });
    expect((await register(ours))[0]).toMatch(/belongs to the workspace "others".*\[other-workspace\]/);
    expect(await register({ ...ours, takeOver: true })).toEqual(['update description workspace']);
    expect(await register(ours)).toEqual(['unchanged']);
  });

  it('refuses a missing project when creation is off, and takes one that somebody made meanwhile', async () => {
    expect((await register(wanted('load', {}, { createProject: false })))[0]).toMatch(
      /has no project "p".*prefect create project 'p'.*\[project-not-found\]/,
    );
    const graphql = new GraphqlServer(connection);
    const [planned] = await graphql.plan([wanted('load')]);
    await api.mutate('create_project', { name: 'p', tenant_id: server.tenantId }, 'id');
    if (!planned || planned instanceof Error) throw planned ?? new Error('nothing planned');
    await graphql.apply(planned, Promise.resolve());
    expect((await api.current('p', 'load')).version).toBe(1);
  });

  it('waits as long as a busy server asks for, and gives up with one line where that is too long', async () => {
    server.fail({ kind: 'rate-limit', retryAfter: 1, times: 2 });
    expect(await register(wanted('load'))).toEqual(['create']);
    server.fail({ kind: 'rate-limit', retryAfter: HOUR, times: 1 });
    await expect(register(wanted('load'))).rejects.toMatchObject({
      code: 'rate-limited',
      message: expect.stringMatching(/again after 3600000 s.*Run the command again later/),
    });
  });

  it('tries again after an API_ERROR, and gives up with one line', async () => {
    server.fail({ kind: 'api-error', times: 2, field: 'create_flow_from_compressed_string' });
    expect(await register(wanted('load'))).toEqual(['create']);
    server.fail({ kind: 'api-error', times: 100 });
    await expect(register(wanted('load'))).rejects.toMatchObject({
      code: 'api-error',
      message: expect.stringContaining('See the log of the server'),
    });
  });

  it('says that a flow is too large for one request', async () => {
    const noise = randomBytes(6_000_000).toString('base64');
    const graphql = new GraphqlServer(connection);
    const [planned] = await graphql.plan([wanted('load', { description: noise })]);
    if (!planned || planned instanceof Error) throw planned ?? new Error('nothing planned');
    await expect(graphql.apply(planned, Promise.resolve())).rejects.toMatchObject({
      code: 'flow-too-large',
      message: expect.stringMatching(/does not take \d\.\d MB/),
    });
  });

  it.each<[string, Partial<Connection>, RegExp]>([
    ['no key', {}, /asks for an API key.*prefect auth login.*\[not-authorized\]/],
    ['a wrong key', { authorization: 'Bearer wrong' }, /refused the API key.*\[not-authorized\]/],
    [
      'a wrong tenant',
      { authorization: 'Bearer right-key', tenantId: 'b5d5a4c0-0000-4000-8000-000000000000' },
      /refused the tenant b5d5a4c0.*PREFECT__CLOUD__TENANT_ID.*\[wrong-tenant\]/,
    ],
  ])('says what is wrong with %s', async (_what, credentials, message) => {
    const cloud = await startServer({ apiKey: 'right-key' });
    try {
      const graphql = new GraphqlServer({ apiUrl: cloud.url, source: 'the test', backend: 'cloud', ...credentials });
      await expect(graphql.plan([wanted('load')])).rejects.toMatchObject({ message: expect.stringMatching(message) });
    } finally {
      await cloud.stop();
    }
  });

  it('finds the tenant of a key by itself', async () => {
    const cloud = await startServer({ apiKey: 'right-key' });
    try {
      const graphql = new GraphqlServer({
        apiUrl: cloud.url,
        source: 'the test',
        backend: 'cloud',
        authorization: 'Bearer right-key',
      });
      const [planned] = await graphql.plan([wanted('load')]);
      if (!planned || planned instanceof Error) throw planned ?? new Error('nothing planned');
      await graphql.apply(planned, Promise.resolve());
      expect(cloud.counts().fields).toMatchObject({
        auth_info: 1,
        create_project: 1,
        create_flow_from_compressed_string: 1,
      });
    } finally {
      await cloud.stop();
    }
  });

  it('says that nothing answers, or something else', async () => {
    const gone = await startServer();
    await gone.stop();
    await expect(
      new GraphqlServer({ apiUrl: gone.url, source: 'the test' }).plan([wanted('load')]),
    ).rejects.toMatchObject({ code: 'server-unreachable', message: expect.stringContaining('ECONNREFUSED') });
    await expect(
      new GraphqlServer({ apiUrl: `${server.url}/api`, source: 'the test' }).plan([wanted('load')]),
    ).rejects.toMatchObject({ code: expect.stringMatching(/not-a-prefect-1-api|server-refused/) });
  });
});
