import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DevelopmentServer, type ServerOptions, startServer } from './server';

interface Reply {
  status: number;
  retryAfter: string | null;
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions: { code: string } }[];
}

const started: DevelopmentServer[] = [];
async function start(options: ServerOptions = {}): Promise<DevelopmentServer> {
  const server = await startServer(options);
  started.push(server);
  return server;
}
afterAll(() => Promise.all(started.map((server) => server.stop())));

async function post(
  server: DevelopmentServer,
  body: unknown,
  headers: Record<string, string> = {},
  path = '/',
): Promise<Reply> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    ...((await response.json()) as Pick<Reply, 'data' | 'errors'>),
  };
}

const CREATE_PROJECT = 'mutation($input: create_project_input!) { create_project(input: $input) { id } }';
const CREATE_FLOW =
  'mutation($input: create_flow_from_compressed_string_input!) ' +
  '{ create_flow_from_compressed_string(input: $input) { id } }';
const compressed = (flow: unknown) => gzipSync(JSON.stringify(flow)).toString('base64');
const projectId = async (server: DevelopmentServer) => {
  const [project] = ((await post(server, { query: '{ project { id } }' })).data?.['project'] ?? []) as { id: string }[];
  return project?.id;
};
/** A query whose deepest field has this depth. */
const nested = (depth: number, name = 'flow'): string =>
  depth === 0 ? 'id' : `${name} { ${nested(depth - 1, name === 'flow_group' ? 'flows' : 'flow_group')} }`;
const createProject = (server: DevelopmentServer, name: string) =>
  post(server, { query: CREATE_PROJECT, variables: { input: { name, tenant_id: server.tenantId } } });

describe('the GraphQL endpoint', () => {
  let server: DevelopmentServer;
  beforeAll(async () => {
    server = await start();
    await createProject(server, 'P');
  });

  it('takes variables as an object, as JSON text, as "null" and left out, at / and /graphql', async () => {
    const query = 'query($name: String) { project(where: { name: { _eq: $name } }) { name } }';
    const found = { project: [{ name: 'P' }] };
    for (const variables of [{ name: 'P' }, '{"name": "P"}', 'null', null, undefined])
      expect(await post(server, { query, variables }, {}, '/graphql')).toMatchObject({ status: 200, data: found });
    expect((await post(server, { query, variables: '{"name": "Q"}' })).data).toEqual({ project: [] });
  });

  it('answers relations, aggregates and single rows', async () => {
    const input = {
      project_id: await projectId(server),
      serialized_flow: compressed({ name: 'f', tasks: [], edges: [] }),
      idempotency_key: 'k',
    };
    const made = (await post(server, { query: CREATE_FLOW, variables: { input } })).data?.[
      'create_flow_from_compressed_string'
    ] as { id: string };
    const query = `query($id: uuid!) {
      project {
        name tenant { slug }
        flows(where: { archived: { _eq: false } }, limit: 5) { name version flow_group { settings labels } }
        flows_aggregate(distinct_on: name) { aggregate { count } }
      }
      flow_by_pk(id: $id) { id project { name } tasks { slug } }
      flow_aggregate(where: { version: { _gt: 1 } }) { aggregate { count } nodes { id } }
    }`;
    const settings = {
      heartbeat_enabled: true,
      lazarus_enabled: true,
      version_locking_enabled: false,
      idempotency_key: 'k',
    };
    expect((await post(server, { query, variables: { id: made.id } })).data).toEqual({
      project: [
        {
          name: 'P',
          tenant: { slug: 'default' },
          flows: [{ name: 'f', version: 1, flow_group: { settings, labels: null } }],
          flows_aggregate: { aggregate: { count: 1 } },
        },
      ],
      flow_by_pk: { id: made.id, project: { name: 'P' }, tasks: [] },
      flow_aggregate: { aggregate: { count: 0 }, nodes: [] },
    });
  });

  it('runs several mutations of a request one after another, each all or nothing', async () => {
    const [a, b] = ['a', 'b'].map(
      (alias) => `${alias}: create_project(input: { name: "${alias}", tenant_id: "${server.tenantId}" }) { id }`,
    );
    const { status, data, errors } = await post(server, {
      query: `mutation { ${a} again: ${a?.replace('a: ', '')} ${b} }`,
    });
    expect({ status, again: data?.['again'], b: data?.['b'], errors }).toMatchObject({
      status: 200,
      again: null,
      b: { id: expect.any(String) as unknown },
      errors: [{ message: 'Uniqueness violation.', path: ['again'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  it.each([
    ['no JSON', 'query', 'BAD_REQUEST', 'POST body must be JSON'],
    ['variables that are no JSON', { query: '{ hello }', variables: '{' }, 'BAD_REQUEST', 'POST body must be JSON'],
    ['no GraphQL', { query: '{' }, 'GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'],
    [
      'an unknown column',
      { query: '{ flow { nope } }' },
      'GRAPHQL_VALIDATION_FAILED',
      'Cannot query field "nope" on type "flow".',
    ],
    [
      'what runs flows',
      { query: 'mutation { get_runs_in_queue(input: {}) { x } }' },
      'GRAPHQL_VALIDATION_FAILED',
      'This is a development server: it keeps registrations, and runs nothing.',
    ],
    [
      'an id that is none',
      { query: '{ flow(where: { id: { _eq: "f" } }) { id } }' },
      'GRAPHQL_VALIDATION_FAILED',
      'Could not parse UUID: f',
    ],
    [
      'a wrong variable',
      { query: CREATE_PROJECT, variables: { input: { name: 'x' } } },
      'BAD_USER_INPUT',
      'Field "tenant_id" of required type "UUID!" was not provided.',
    ],
    [
      'more than seven levels',
      { query: `{ ${nested(8)} }` },
      'GRAPHQL_VALIDATION_FAILED',
      'exceeds maximum operation depth of 7',
    ],
  ])('refuses %s with 400', async (_, body, code, message) => {
    const { status, errors } = await post(server, body);
    expect({ status, code: errors?.[0]?.extensions.code, message: errors?.[0]?.message }).toEqual({
      status: 400,
      code,
      message: expect.stringContaining(message) as unknown,
    });
  });

  it('allows seven levels, fragments counted', async () => {
    const fragment = (depth: number) => ({ query: `{ ...root } fragment root on Query { ${nested(depth)} }` });
    expect((await post(server, fragment(7))).status).toBe(200);
    expect((await post(server, fragment(8))).status).toBe(400);
  });

  it('refuses a flow that does not unpack or is none, and a body over 5 MB', async () => {
    const project_id = await projectId(server);
    const create = (serialized_flow: string) =>
      post(server, { query: CREATE_FLOW, variables: { input: { project_id, serialized_flow } } });
    expect(await create('x')).toMatchObject({
      status: 200,
      errors: [{ message: 'Unable to decompress serialized flow' }],
    });
    const tasks = [{ name: 'without a slug' }];
    expect(await create(compressed({ name: 'f', tasks }))).toMatchObject({
      status: 200,
      errors: [{ message: expect.stringContaining('at tasks[0].slug') as unknown }],
    });
    expect((await post(server, ' '.repeat(5 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it('says what it is', async () => {
    const { data } = await post(server, { query: '{ hello api { backend mode } }' });
    expect(data).toEqual({
      hello: expect.stringContaining('development server') as unknown,
      api: { backend: 'SERVER', mode: 'development' },
    });
    expect(await (await fetch(server.url)).text()).toContain('not Prefect Server');
  });
});

describe('a server with an API key', () => {
  const tenantId = '11111111-2222-4333-8444-555555555555';
  let server: DevelopmentServer;
  const ask = (headers: Record<string, string>) =>
    post(server, { query: '{ auth_info { tenant_id } api { backend } }' }, headers);
  beforeAll(async () => {
    server = await start({ apiKey: 'right', tenantId });
  });

  it('answers who sends it, with its tenant or none', async () => {
    const data = { auth_info: { tenant_id: tenantId }, api: { backend: 'CLOUD' } };
    expect(await ask({ Authorization: 'Bearer right' })).toMatchObject({ status: 200, data });
    expect(await ask({ Authorization: 'Bearer right', 'X-PREFECT-TENANT-ID': tenantId })).toMatchObject({
      status: 200,
      data,
    });
  });

  it.each([
    ['no key', {}, 'Malformed Authorization header'],
    ['another key', { Authorization: 'Bearer wrong' }, 'Invalid API key.'],
    [
      'another tenant',
      { Authorization: 'Bearer right', 'X-PREFECT-TENANT-ID': '99999999-2222-4333-8444-555555555555' },
      'not valid for this tenant',
    ],
  ])('refuses %s', async (_, headers, message) => {
    expect(await ask(headers)).toMatchObject({
      status: 200,
      data: null,
      errors: [
        {
          message: expect.stringContaining(message) as unknown,
          path: ['auth_info'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
      ],
    });
  });
});

describe('for tests', () => {
  it('fails as ordered, and counts', async () => {
    const server = await start();
    server.fail({ kind: 'rate-limit', times: 2, retryAfter: 7 });
    server.fail({ kind: 'api-error', field: 'create_project', after: 1 });
    const replies = [];
    for (const body of ['{ hello }', '{ hello }', '{ hello project { id } }'])
      replies.push(await post(server, { query: body }));
    expect(replies.map(({ status, retryAfter }) => [status, retryAfter])).toEqual([
      [429, '7'],
      [429, '7'],
      [200, null],
    ]);
    const made = [await createProject(server, 'a'), await createProject(server, 'b'), await createProject(server, 'b')];
    expect(made.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([undefined, 'API_ERROR', undefined]);
    expect(made.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(server.counts()).toEqual({
      requests: 6,
      queries: 3,
      mutations: 3,
      fields: { hello: 3, project: 1, create_project: 3 },
    });
    server.resetCounts();
    expect(server.counts()).toEqual({ requests: 0, queries: 0, mutations: 0, fields: {} });
  });

  it('has an endpoint for both, off by default', async () => {
    const path = '/development/requests';
    const off = await start();
    expect((await fetch(`${off.url}${path}`)).status).toBe(404);
    const server = await start({ development: true });
    const order = (fault: unknown) =>
      fetch(`${server.url}/development/faults`, { method: 'POST', body: JSON.stringify(fault) });
    expect((await order({ kind: 'flood' })).status).toBe(400);
    expect((await order({ kind: 'api-error', times: 9 })).status).toBe(200);
    expect((await post(server, { query: '{ hello }' })).errors?.[0]?.extensions.code).toBe('API_ERROR');
    await fetch(`${server.url}/development/faults`, { method: 'DELETE' });
    expect((await post(server, { query: '{ hello }' })).errors).toBeUndefined();
    expect(await (await fetch(`${server.url}${path}`)).json()).toMatchObject({ requests: 2, fields: { hello: 2 } });
    expect(await (await fetch(`${server.url}${path}`, { method: 'DELETE' })).json()).toMatchObject({ requests: 0 });
  });

  it('keeps its data over a restart, and follows a copy that is put back', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prefect1-server-'));
    const data = join(folder, 'data.jsonl');
    const names = async (server: DevelopmentServer) =>
      (await post(server, { query: '{ project { name } }' })).data?.['project'];
    const first = await start({ data });
    await createProject(first, 'a');
    copyFileSync(data, `${data}.copy`);
    await createProject(first, 'b');
    await first.stop();

    const second = await start({ data });
    expect(second.tenantId).toBe(first.tenantId);
    expect(await names(second)).toEqual([{ name: 'a' }, { name: 'b' }]);
    copyFileSync(`${data}.copy`, data);
    expect(await names(second)).toEqual([{ name: 'a' }]);
    rmSync(data);
    expect(await names(second)).toEqual([]);
    expect((await createProject(second, 'c')).errors).toBeUndefined();
    rmSync(folder, { recursive: true });
  });
});
