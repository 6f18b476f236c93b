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

/** What is done instead of what the server does. */
export interface Interference {
  /** Whether the server gets the request all the same, and only its answer is lost. */
  isServed?: boolean;
  answer(answer: ServerResponse, proxy: Proxy): void;
}

/**
 * Stands before a server: what it is given sees each request before the server does, and may answer in the server's
 * place.
 */
export class Proxy {
  private constructor(
    private readonly server: Server,
    /** The target's address, here. */
    readonly url: string,
  ) {}

  static async start(target: string, before: (passing: Passing) => Promise<Interference | void>): Promise<Proxy> {
    const { hostname, port, pathname } = new URL(target);
    const pass = async (incoming: IncomingMessage, answer: ServerResponse) => {
      const { method = 'GET', url: path = '', headers } = incoming;
      const body = await buffer(incoming);
      const instead = await before({ method, path, body });
      if (instead && !instead.isServed) return instead.answer(answer, proxy);
      const outgoing = request({ hostname, port, method, path, headers }, (response) => {
        if (instead) return void response.resume().on('end', () => instead.answer(answer, proxy));
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy()).end(body);
    };
    const server = createServer((incoming, answer) => void pass(incoming, answer).catch(() => answer.destroy()));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const proxy = new Proxy(
      server,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname.replace(/\/$/, '')}`,
    );
    return proxy;
  }

  /** Cuts every line and takes no new one, until {@link comeBack}. */
  goAway(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async comeBack(): Promise<void> {
    if (!this.server.listening)
      await once(this.server.listen(Number(new URL(this.url).port), '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((done) => this.server.close(done));
  }
}
