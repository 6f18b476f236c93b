import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Passing {
  method: string;
  /** With the query: `/api/deployments/`. */
  path: string;
  body: Buffer;
}

/** Stands before a server: what it is given sees each request before the server does. */
export class Proxy {
  private constructor(
    private readonly server: Server,
    /** The target's address, here. */
    readonly url: string,
  ) {}

  static async start(target: string, before: (passing: Passing) => Promise<void>): Promise<Proxy> {
    const { hostname, port, pathname } = new URL(target);
    const pass = async (incoming: IncomingMessage, answer: ServerResponse) => {
      const { method = 'GET', url: path = '', headers } = incoming;
      const body = await buffer(incoming);
      await before({ method, path, body });
      const outgoing = request({ hostname, port, method, path, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy()).end(body);
    };
    const server = createServer((incoming, answer) => void pass(incoming, answer).catch(() => answer.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Proxy(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, '')}`,
    );
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
