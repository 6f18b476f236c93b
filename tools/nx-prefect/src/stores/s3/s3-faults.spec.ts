import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsError } from '../../core/aws/errors';
import { S3CodeStore } from './s3-code-store';

const LIST = '<?xml version="1.0"?><ListBucketResult><Name>team</Name><KeyCount>0</KeyCount></ListBucketResult>';

const CODE = { digest: 'a'.repeat(64), files: { 'flow.py': 'b'.repeat(64) }, read: async () => Buffer.from('') };

const servers: Server[] = [];
const before = { ...process.env };

async function serve(act: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(act);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const list = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/xml' }).end(LIST);
const store = (endpoint: string) =>
  new S3CodeStore({ bucket: 'team', prefix: '', profile: undefined, region: 'us-east-1', endpoint });

beforeEach(() => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('S3 that fails', () => {
  it('is asked again as every server is, and after what Retry-After says', async () => {
    const times: number[] = [];
    const endpoint = await serve((_, response) => {
      if (times.push(Date.now()) === 1) response.writeHead(503).end();
      else if (times.length === 2) response.writeHead(429, { 'retry-after': '1' }).end();
      else list(response);
    });
    await expect(store(endpoint).holds(CODE)).resolves.toBe(false);
    expect(times).toHaveLength(3);
    expect(times[2]! - times[1]!).toBeGreaterThan(950);
  });

  it('is ended where it says nothing', async () => {
    process.env['NX_PREFECT_SILENCE'] = '0.2';
    let asked = 0;
    const endpoint = await serve(() => asked++);
    await expect(store(endpoint).holds(CODE)).rejects.toThrow(/S3 at http:.*can't be reached.*\[aws-unreachable\]/);
    expect(asked).toBe(2);
  });

  it.each<[string, (response: ServerResponse) => unknown]>([
    ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>')],
    ['a redirect', (response) => response.writeHead(302, { location: 'https://login/' }).end()],
  ])('%s is not S3', async (_what, act) => {
    const endpoint = await serve((_, response) => act(response));
    await expect(store(endpoint).holds(CODE)).rejects.toMatchObject({ code: 'not-an-aws-api' });
  });

  it('is reached through the proxy of the environment', async () => {
    const endpoint = await serve((_, response) => list(response));
    const proxied: string[] = [];
    process.env['HTTP_PROXY'] = await serve(({ url = '', headers }, response) => {
      proxied.push(url);
      request(url, { headers }, (from) => {
        response.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(response);
      }).end();
    });
    await expect(store(endpoint).holds(CODE)).resolves.toBe(false);
    expect(proxied).toEqual([expect.stringContaining(`${endpoint}/team`)]);
    process.env['NO_PROXY'] = '127.0.0.1';
    await store(endpoint).holds(CODE);
    expect(proxied).toHaveLength(1);
  });

  it('that nobody listens for is said with a next step', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const resource = { kind: 'bucket' as const, name: 'team' };
    const call = { action: 'PutObject', resource, profile: undefined, region: undefined };
    expect(awsError(refused, { ...call, endpoint: 'http://127.0.0.1:2' }).message).toMatch(
      /S3 at http:\/\/127\.0\.0\.1:2 can't be reached: ECONNREFUSED .*: PutObject .*\. .*\[aws-unreachable\]/,
    );
  });
});
