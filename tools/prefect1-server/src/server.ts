import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataFile } from './data/file';
import { Store } from './data/store';
import { answer, type Api } from './http/answer';
import { development } from './http/development';
import { type Fault, Faults } from './http/faults';
import { type Counts, Requests } from './http/requests';
import { isUuid, serverSchema } from './query/schema';
import { createTenant } from './rules/resolvers';

export const HOST = '127.0.0.1';
/** APOLLO_API_BODY_LIMIT of the real server's services/apollo/src/index.js: 5mb. */
const BODY_LIMIT = 5 * 1024 * 1024;

export interface ServerOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Keeps the data; without it they end with the server. */
  data?: string;
  /** Asks every request for `Authorization: Bearer <key>`, as Prefect Cloud does. */
  apiKey?: string;
  /** Id of the tenant that the server starts with; by default a new one. */
  tenantId?: string;
  /** Serves `/development/...`. */
  development?: boolean;
}

export interface DevelopmentServer {
  /** Say `http://127.0.0.1:4200`. */
  url: string;
  tenantId: string;
  counts(): Counts;
  resetCounts(): void;
  /** Lets coming requests fail. */
  fail(order: Fault): void;
  stop(): Promise<void>;
}

/** Starts a development server for Prefect 0.15 and 1.x on the loopback interface: for tests and local trials. */
export async function startServer({
  port = 0,
  data,
  apiKey,
  tenantId: wanted,
  development: controlled = false,
}: ServerOptions = {}): Promise<DevelopmentServer> {
  if (wanted !== undefined && !isUuid(wanted)) throw new Error(`Tenant ${wanted}: the id of a tenant is a UUID.`);
  const store = new Store(data === undefined ? undefined : new DataFile(data));
  store.refresh();
  const tenantId = wanted ?? store.all('tenant')[0]?.id ?? randomUUID();
  const api: Api = {
    schema: serverSchema(),
    store,
    faults: new Faults(),
    requests: new Requests(),
    key: apiKey === undefined ? undefined : { apiKey, tenantId },
  };
  ensureTenant(store, tenantId);

  const http = createServer((request, response) => {
    handle(request)
      .then(({ status, body, headers }) => send(response, status, body, headers))
      .catch((error: unknown) =>
        send(response, 500, {
          errors: [
            {
              message: error instanceof Error ? error.message : String(error),
              extensions: { code: 'INTERNAL_SERVER_ERROR' },
            },
          ],
        }),
      );
  });
  const handle = async (
    request: IncomingMessage,
  ): Promise<{ status: number; body: unknown; headers?: Record<string, string> }> => {
    const { pathname } = new URL(request.url ?? '/', `http://${HOST}`);
    const body = await bodyOf(request);
    if (body === undefined)
      return {
        status: 413,
        body: { errors: [{ message: 'request entity too large', extensions: { code: 'PAYLOAD_TOO_LARGE' } }] },
      };
    if (controlled && pathname.startsWith('/development/'))
      return development(api.faults, api.requests, request.method ?? '', pathname, body);
    if (pathname !== '/' && pathname !== '/graphql')
      return { status: 404, body: { errors: [{ message: `There is nothing at ${pathname}.` }] } };
    if (request.method !== 'POST')
      return {
        status: 200,
        body: {
          server: 'prefect1-server',
          about: 'A development server for tests and local trials, not Prefect Server. POST GraphQL here.',
        },
      };
    if (store.refresh()) ensureTenant(store, tenantId);
    return answer(api, body, request.headers);
  };
  await listen(http, port);
  return {
    url: `http://${HOST}:${(http.address() as AddressInfo).port}`,
    tenantId,
    counts: () => api.requests.counts,
    resetCounts: () => api.requests.reset(),
    fail: (order) => api.faults.plan(order),
    stop: () =>
      new Promise((done) => {
        http.close(() => done());
        http.closeAllConnections();
      }),
  };
}

/** As `prefect server create-tenant` does once after a real server's first start. */
function ensureTenant(store: Store, id: string): void {
  if (store.get('tenant', id)) return;
  const slug = store.all('tenant').some((tenant) => tenant.slug === 'default') ? `default-${id}` : 'default';
  store.transaction(() => createTenant(store, slug, slug, id));
}

function listen(http: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    http.once('error', fail);
    http.listen(port, HOST, () => done());
  });
}

/** The text of a request; undefined when it is larger than the real server takes. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= BODY_LIMIT) parts.push(part);
  }
  return size > BODY_LIMIT ? undefined : Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
