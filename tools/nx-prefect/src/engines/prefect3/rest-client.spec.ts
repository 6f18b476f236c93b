import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RestClient } from './rest-client';
import { flowShape } from './rest-types';

jest.mock('node:timers/promises', () => ({ setTimeout: jest.fn(() => Promise.resolve()) }));

/** A server that refuses so many requests for now. */
async function busyServer(refusals: number): Promise<Server> {
  const server = createServer((_, response) =>
    response.writeHead(refusals-- > 0 ? 503 : 200).end('{"detail":"Service Unavailable"}'),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

describe('a server that refuses for now', () => {
  let server: Server;
  const client = (onBusy?: () => void) =>
    new RestClient(
      { apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`, source: 'a test' },
      { ...(onBusy ? { onBusy } : {}), env: {} },
    );
  const waits = () => jest.mocked(sleep).mock.calls.map(([ms]) => ms as number);
  beforeEach(() => jest.mocked(sleep).mockClear());
  afterEach(() => server.close());

  it('is asked again after longer and longer waits, and each refusal is told', async () => {
    server = await busyServer(4);
    const onBusy = jest.fn();
    await expect(client(onBusy).get('/flows', z.unknown())).resolves.toEqual(expect.anything());
    expect(waits()).toHaveLength(4);
    waits().forEach((ms, attempt) => expect(Math.abs(ms / (25 * 2 ** attempt) - 1)).toBeLessThanOrEqual(0.25));
    expect(onBusy).toHaveBeenCalledTimes(4);
  });

  it('is given up after 15 to 30 seconds, with what to do', async () => {
    server = await busyServer(Infinity);
    await expect(client().get('/flows', z.unknown())).rejects.toThrow(/answered 503 .*Run the command again/);
    const seconds = waits().reduce((sum, ms) => sum + ms, 0) / 1000;
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThan(30);
  });
});

describe('a server that answers something else', () => {
  let server: Server;
  let answer: (response: ServerResponse, asked: number) => void;
  const asked: IncomingMessage[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => answer(response, asked.push(request)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked.splice(0);
    jest.mocked(sleep).mockClear();
  });
  const client = (more = {}, env = {}) => {
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
    return new RestClient({ apiUrl, source: 'a test', ...more }, { env });
  };
  const read = (made = client()) => made.post('/flows/filter', {}, z.array(flowShape));
  const cut = (response: ServerResponse, status: number) => {
    response.writeHead(status, { 'content-length': '100' });
    response.write('{"id', () => response.socket?.destroy());
  };

  it.each<[string, (response: ServerResponse) => unknown, RegExp]>([
    ['an object', (response) => response.end('{}'), /POST \/flows\/filter gave 200 with JSON of an unexpected form/],
    ['a row that is none', (response) => response.end('[null]'), /at 0\)/],
    ['a page', (response) => response.end('<!DOCTYPE html>'), /200 with a web page/],
    ['nothing', (response) => response.writeHead(204).end(), /204 with nothing/],
    ['a redirect', (response) => response.writeHead(302, { location: 'https://login/' }).end(), /redirect to https:/],
  ])('%s is not Prefect, and is asked once', async (_what, act, says) => {
    answer = act;
    await expect(read()).rejects.toMatchObject({ code: 'not-a-prefect-api', message: expect.stringMatching(says) });
    expect(asked).toHaveLength(1);
  });

  it('waits as long as Retry-After says, and not at all where that is too long', async () => {
    answer = (response, nth) => void response.writeHead(nth === 1 ? 429 : 200, { 'retry-after': '7' }).end('[]');
    await expect(read()).resolves.toEqual([]);
    expect(jest.mocked(sleep).mock.calls).toEqual([[7000]]);
    answer = (response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
    await expect(read()).rejects.toThrow(/\(429, Retry-After: 3600\).*again later.*\[rate-limited\]/);
    expect(sleep).toHaveBeenCalledTimes(1);
  });

  it.each([200, 500, 503])('a body of %s that is cut is asked for again', async (status) => {
    answer = (response, nth) => void (nth === 1 ? cut(response, status) : response.end('[]'));
    await expect(read()).resolves.toEqual([]);
  });

  it('silence has a limit, and is tried twice', async () => {
    answer = () => undefined;
    await expect(read(client({}, { NX_PREFECT_SILENCE: '0.1' }))).rejects.toThrow(
      /can't be reached: it accepted the request, then sent nothing for 0\.1 s\..*\[server-unreachable\]/,
    );
    expect(asked).toHaveLength(2);
  });

  it('a server that is away ends all requests of the run after three of them', async () => {
    answer = (response) => void response.writeHead(503).end();
    const one = client();
    for (let flow = 0; flow < 3; flow++) await expect(read(one)).rejects.toMatchObject({ code: 'server-refused' });
    const before = asked.length;
    await expect(read(one)).rejects.toMatchObject({ code: 'server-away' });
    expect(asked).toHaveLength(before);
  });

  it('each request has the headers of the user', async () => {
    answer = (response) => void response.end('[]');
    await read(client({ headers: { 'X-Team': 'data' } }));
    expect(asked[0]?.headers).toMatchObject({ 'x-team': 'data', 'content-type': 'application/json' });
  });

  it('names npm start only for the server of this workspace', async () => {
    const nobody = { apiUrl: 'http://127.0.0.1:2/api' };
    await expect(read(client(nobody))).rejects.toThrow(/ECONNREFUSED \(nothing listens there\)((?!npm start).)*$/);
    await expect(read(client({ ...nobody, source: '.prefect-server/server.json' }))).rejects.toThrow(/npm start/);
  });
});
