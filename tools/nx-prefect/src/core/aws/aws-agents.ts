import type { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Route } from '../network/route';

/** As many as the SDK's own agents have. */
const SOCKETS = { keepAlive: true, maxSockets: 50 };

/** Agents for a route; none where the SDK's own do. The parts for proxies are loaded where a route has one. */
export async function agentsFor({ proxy, ca }: Route): Promise<{ httpAgent?: HttpAgent; httpsAgent?: HttpsAgent }> {
  const tls = ca ? { ca } : {};
  if (proxy === undefined) return ca ? { httpsAgent: new HttpsAgent({ ...SOCKETS, ...tls }) } : {};
  const [{ HttpProxyAgent }, { HttpsProxyAgent }] = await Promise.all([
    import('http-proxy-agent'),
    import('https-proxy-agent'),
  ]);
  const httpsAgent = new HttpsProxyAgent(proxy.url, { ...SOCKETS, ...tls });
  // The agent takes these for the proxy alone, and the options of the request for what lies behind it.
  if (ca) Object.assign(httpsAgent.options, tls);
  return {
    httpAgent: new HttpProxyAgent(proxy.url, SOCKETS),
    httpsAgent: httpsAgent as unknown as HttpsAgent,
  };
}
