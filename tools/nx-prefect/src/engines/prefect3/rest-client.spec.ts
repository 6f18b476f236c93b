import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { RestClient } from './rest-client';

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
