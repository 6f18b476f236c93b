import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What went through: all requests, those that could change something, and the bytes of their bodies. */
export interface Counted {
  requests: number;
  writes: number;
  bytes: number;
}

/** Stands before a server and counts; for runs whose time nobody looks at. */
export class CountingProxy {
  #counted: Counted = { requests: 0, writes: 0, bytes: 0 };

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
      proxy.#count(method, url, body);
      const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy()).end(body);
    };
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = new CountingProxy(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, '')}`);
    return proxy;
  }

  #count(method: string, path: string, body: Buffer): void {
    const reads = method === 'GET' || method === 'HEAD' || path.endsWith('/filter') || /\/(?:flows\/name|block_[^/]*)\//.test(path) || (path === '/' && method === 'POST' && !body.includes('mutation'));
    this.#counted.requests++;
    if (reads) return;
    this.#counted.writes++;
    this.#counted.bytes += body.length;
  }

  /** Since the last time. */
  take(): Counted {
    const counted = this.#counted;
    this.#counted = { requests: 0, writes: 0, bytes: 0 };
    return counted;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
