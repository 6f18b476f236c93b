import type { Dispatcher } from 'undici';
import type { Route } from './route';
import { Silence } from './silence';

interface Question {
  method: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

export interface Answer {
  status: number;
  header(name: string): string | null;
  text: string;
}

export type Ask = (url: string, question: Question) => Promise<Answer>;

/** A slow line gets more time for a large body: 100 kB in a second. */
const BYTES_A_MS = 100;

/**
 * Makes what sends requests by a route. Node's own fetch knows no proxy and no certificates of its own, so undici is
 * loaded where the route needs it.
 * @param silenceMs a request fails with {@link Silence} when nothing arrives for so long
 */
export function asker(route: Route, silenceMs: number): Ask {
  let dispatcher: Promise<Dispatcher> | undefined;
  return async (url, { method, headers, body }) => {
    const controller = new AbortController();
    const limit = silenceMs + (body?.length ?? 0) / BYTES_A_MS;
    const timer = setTimeout(() => controller.abort(new Silence(Math.round(limit / 100) / 10)), limit);
    const request = {
      method,
      headers,
      // Prefect never redirects, so the error names the address.
      redirect: 'manual' as const,
      signal: controller.signal,
      ...(body === undefined ? {} : { body }),
    };
    try {
      const response = isPlain(route)
        ? await fetch(url, request)
        : await (await import('undici')).fetch(url, { ...request, dispatcher: await (dispatcher ??= dispatch(route)) });
      const parts: Uint8Array[] = [];
      for await (const part of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        parts.push(part);
        timer.refresh();
      }
      return {
        status: response.status,
        header: (name) => response.headers.get(name),
        text: new TextDecoder().decode(Buffer.concat(parts)),
      };
    } finally {
      clearTimeout(timer);
    }
  };
}

function isPlain({ proxy, ca, isInsecure }: Route): boolean {
  return proxy === undefined && ca === undefined && !isInsecure;
}

async function dispatch({ proxy, ca, isInsecure }: Route): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const tls = { ...(ca ? { ca } : {}), ...(isInsecure ? { rejectUnauthorized: false } : {}) };
  if (!proxy) return new Agent({ connect: tls });
  return new ProxyAgent({ uri: proxy.url, requestTls: tls, proxyTls: ca ? { ca } : {}, proxyTunnel: false });
}
