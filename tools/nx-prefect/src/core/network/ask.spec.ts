import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type Server, type ServerResponse, createServer, request } from 'node:http';
import { createServer as createTlsServer, request as secureRequest } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentsFor } from '../aws/aws-agents';
import { asker } from './ask';
import { failureWords } from './failure-words';
import { routeTo } from './route';

const NO_TRUST = { variables: ['PREFECT_API_SSL_CERT_FILE'] };
const QUESTION = { method: 'GET', headers: {} };

let folder: string;
let certificate: string;
let plain: Server;
let secure: Server;
let proxy: Server;
let answer: (response: ServerResponse) => void;
/** What the proxy was asked for: an address, or where to make a tunnel to. */
const proxied: string[] = [];

const port = (server: Server) => (server.address() as AddressInfo).port;
const listening = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
  certificate = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate, ...names],
    { stdio: 'ignore' },
  );
  plain = createServer((_, response) => answer(response));
  secure = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
    answer(response),
  );
  proxy = createServer(({ url = '', headers }, response) => {
    proxied.push(url);
    request(url, { headers }, (from) => from.pipe(response)).end();
  }).on('connect', ({ url = '', headers }, socket) => {
    proxied.push(url);
    if (headers['proxy-authorization'] !== `Basic ${Buffer.from('user:secret').toString('base64')}`)
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const through = connect(port(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      through.pipe(socket).pipe(through);
    });
    through.on('error', () => socket.destroy());
    socket.on('error', () => through.destroy());
  });
  await Promise.all([plain, secure, proxy].map(listening));
});
afterAll(() => {
  for (const server of [plain, secure, proxy]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  proxied.splice(0);
  answer = (response) => void response.end('hello');
});

/** Asks as the environment says; a failure as people read it. */
async function ask(url: string, env: NodeJS.ProcessEnv, isInsecure = false): Promise<string> {
  const route = routeTo(url, env, { ...NO_TRUST, isInsecure });
  try {
    return (await asker(route, 5_000)(url, QUESTION)).text;
  } catch (error) {
    const { code, why, next } = failureWords(error, route, 'PREFECT_API_SSL_CERT_FILE');
    return `${why}. ${next} [${code}]`;
  }
}

describe('asker', () => {
  const away = () => `http://127.0.0.1:${port(plain)}/api`;
  const home = () => `https://localhost:${port(secure)}/api`;

  it('goes through the proxy of the environment, but for the hosts that NO_PROXY names', async () => {
    const HTTP_PROXY = `http://127.0.0.1:${port(proxy)}`;
    expect(await ask(away(), { HTTP_PROXY })).toBe('hello');
    expect(proxied).toEqual([away()]);
    expect(await ask(away(), { HTTP_PROXY, NO_PROXY: '127.0.0.1' })).toBe('hello');
    expect(proxied).toHaveLength(1);
  });

  it('trusts the certificates that a variable names, also behind a proxy', async () => {
    const PREFECT_API_SSL_CERT_FILE = certificate;
    const HTTPS_PROXY = `http://user:secret@127.0.0.1:${port(proxy)}`;
    expect(await ask(home(), {})).toMatch(
      /certificate is not trusted.*PREFECT_API_SSL_CERT_FILE\. \[bad-certificate\]/,
    );
    expect(await ask(home(), { PREFECT_API_SSL_CERT_FILE })).toBe('hello');
    expect(await ask(home(), { PREFECT_API_SSL_CERT_FILE, HTTPS_PROXY })).toBe('hello');
    expect(proxied).toEqual([`localhost:${port(secure)}`]);
    expect(await ask(home(), {}, true)).toBe('hello');
    expect(() => routeTo(home(), { PREFECT_API_SSL_CERT_FILE: '/nowhere.pem' }, NO_TRUST)).toThrow(
      /\/nowhere\.pem \(from PREFECT_API_SSL_CERT_FILE\).*\[certificates-not-found\]/,
    );
  });

  it("AWS's agents go the same way", async () => {
    const HTTPS_PROXY = `http://user:secret@127.0.0.1:${port(proxy)}`;
    const trust = { variables: ['AWS_CA_BUNDLE'] };
    const status = async (env: NodeJS.ProcessEnv) => {
      const { httpsAgent } = await agentsFor(routeTo(home(), env, trust));
      return new Promise((done) =>
        secureRequest(home(), httpsAgent ? { agent: httpsAgent } : {}, (from) => done(from.resume().statusCode))
          .on('error', (error: NodeJS.ErrnoException) => done(error.code))
          .end(),
      );
    };
    expect(await status({ AWS_CA_BUNDLE: certificate })).toBe(200);
    expect(await status({ AWS_CA_BUNDLE: certificate, HTTPS_PROXY })).toBe(200);
    expect(proxied).toEqual([`localhost:${port(secure)}`]);
    expect(await status({ HTTPS_PROXY })).toMatch(/SELF_SIGNED/);
  });

  it('says what a proxy refuses, and what keeps it from a server', async () => {
    const HTTPS_PROXY = `http://user:wrong-one@127.0.0.1:${port(proxy)}`;
    const said = await ask(home(), { HTTPS_PROXY });
    expect(said).toMatch(/the proxy 127\.0\.0\.1:\d+ \(from HTTPS_PROXY\) answered 407.*\[proxy-refused\]/);
    expect(said).not.toContain('wrong-one');
    expect(await ask(home(), { HTTPS_PROXY: 'http://127.0.0.1:2' })).toMatch(
      /ECONNREFUSED .*through the proxy 127\.0\.0\.1:2 \(from HTTPS_PROXY\)/,
    );
    const wrongHost = home().replace('localhost', '127.0.0.1');
    expect(await ask(wrongHost, { PREFECT_API_SSL_CERT_FILE: certificate })).toMatch(/ALTNAME.*\[bad-certificate\]/);
    expect(await ask(away().replace('http:', 'https:'), {})).toMatch(/does not speak TLS.*http:/);
  });

  it('bears an answer that comes slowly, and ends one that stops', async () => {
    answer = (response) => {
      let parts = 0;
      const timer = setInterval(() => {
        if (++parts < 6) return void response.write('part ');
        clearInterval(timer);
        response.end();
      }, 100);
    };
    expect((await asker({}, 300)(away(), QUESTION)).text).toBe('part '.repeat(5));
    answer = (response) => void response.write('half');
    await expect(asker({}, 100)(away(), QUESTION)).rejects.toThrow('nothing arrived for 0.1 s');
  });
});
