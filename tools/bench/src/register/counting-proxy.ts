import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/**
 * What went through: all requests that were served; those that changed something, and the bytes of their bodies; and
 * what was refused for now (503), to be sent again.
 */
export interface Counted {
  requests: number;
  refused: number;
  writes: number;
  bytes: number;
}

const NOTHING: Counted = { requests: 0, refused: 0, writes: 0, bytes: 0 };

/** Stands before a server and counts; for runs whose time nobody looks at. */
export class CountingProxy {
  #counted: Counted = { ...NOTHING };

  private constructor(
    private readonly server: Server,
    /** The target's address, here. */
    readonly url: string,
  ) {}

  static async start(target: string): Promise<CountingProxy> {
    const { hostname, port, pathname } = new URL(target);
    const server = createServer((incoming, answer) => void pass(incoming, answer));
    const pass = async (incoming: IncomingMessage, answer: ServerResponse) => {
      const body = await buffer(incoming);
      const { method = 'GET', url = '', headers } = incoming;
      const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
        const status = response.statusCode ?? 502;
        if (status === 503) proxy.#counted.refused++;
        else proxy.#count(isRead(method, url, body) || status >= 400 ? 0 : 1, body.length);
        answer.writeHead(status, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy()).end(body);
    };
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = new CountingProxy(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, '')}`,
    );
    return proxy;
  }

  #count(writes: 0 | 1, bytes: number): void {
    this.#counted.requests++;
    this.#counted.writes += writes;
    this.#counted.bytes += writes * bytes;
  }

  /** Since the last time. */
  take(): Counted {
    const counted = this.#counted;
    this.#counted = { ...NOTHING };
    return counted;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** Prefect 3 reads by GET and by POST to filters, GraphQL by queries, S3 by GET and HEAD. */
function isRead(method: string, path: string, body: Buffer): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  return method === 'POST' && (path.endsWith('/filter') || (path === '/' && !body.includes('mutation')));
}
