// What AWS puts before the two real servers: TLS, tokens that expire, ECR's API and ECR's rules for pushes. moto keeps
// the repositories, the registry keeps the images; a rule that neither has is here, in the words of the real one.
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { createServer } from 'node:https';
import { answer, errors } from './answers.mjs';
import { createApi } from './ecr-api.mjs';
import { ACCOUNT, REGISTRIES, registryOf } from './names.mjs';

/** @returns the log of requests and the switches of a test */
export async function startFront({ certificate, store, moto }) {
  const tokens = createTokens();
  /** What ECR's scan of any image is said to be: one answer after the other, the last one again and again. */
  let scans = [];
  const nextScan = () => (scans.length > 1 ? scans.shift() : scans[0]);
  const apis = new Map(
    REGISTRIES.map((registry, at) => {
      // One store holds all registries.
      const prefix = at === 0 ? '' : `${registry.account}/${registry.region}/`;
      return [registry.host, createApi({ ...registry, prefix, store, moto, tokens, nextScan })];
    }),
  );
  const [first] = apis.values();
  /** Of credentials that a role gave: its account. */
  const accounts = new Map();
  let log = [];
  let faults = [];

  const server = createServer(certificate, (request, response) => {
    const fail = (error) => answer(response, 500, { message: String(error.stack) });
    handle(request, response).catch(fail);
  });

  async function handle(request, response) {
    const body = request.method === 'POST' && !request.url.startsWith('/v2/') ? await text(request) : undefined;
    const action = request.headers['x-amz-target']?.split('.')[1];
    const label = action ? `ecr ${action}` : `${request.method} ${request.url.split('?')[0]}`;
    const entry = { label, status: 0 };
    log.push(entry);
    response.on('finish', () => (entry.status = response.statusCode));
    const fault = faults.find(({ match, times }) => times > 0 && new RegExp(match).test(label));
    if (fault) fault.times--;
    if (fault?.as === 'reset') {
      connections.get(request.socket.remotePort).resetAndDestroy();
      return;
    }
    if (fault?.as === 'expire') {
      tokens.expire();
    } else if (fault) {
      answer(response, fault.status, fault.body);
      return;
    }
    if (request.headers.host?.startsWith('sts.')) await sts(body, request, response);
    else if (action) await call(action, JSON.parse(body), request, response);
    else if (request.url.startsWith('/layers/')) await layer(request, response);
    else await push(request, response);
  }

  /** What an address from ECR leads to, without a login. */
  async function layer({ url }, response) {
    const [, name, digest] = /^\/layers\/(.+)\/([^/]+)$/.exec(url) ?? [];
    const reply = await fetch(`${store}/v2/${name}/blobs/${digest}`);
    response.writeHead(reply.status, { 'content-type': 'application/octet-stream' });
    response.end(Buffer.from(await reply.arrayBuffer()));
  }

  function call(action, input, request, response) {
    const [, region] = /^api\.ecr\.([^.]+)\./.exec(request.headers.host);
    const [key] = /(?<=Credential=)[^/]+/.exec(request.headers.authorization ?? '') ?? [];
    const account = input.registryId ?? input.registryIds?.[0] ?? accounts.get(key) ?? ACCOUNT;
    return apis.get(registryOf(account, region)).call(action, input, request, response);
  }

  /** Who asks: another service of AWS, moto's answer as it is. */
  async function sts(body, { headers }, response) {
    const reply = await fetch(moto, {
      method: 'POST',
      headers: { 'content-type': headers['content-type'], authorization: headers.authorization, host: headers.host },
      body,
    });
    const said = await reply.text();
    const [, account] = /:iam::(\d{12}):role/.exec(new URLSearchParams(body).get('RoleArn') ?? '') ?? [];
    const [, key] = /<AccessKeyId>(\w+)</.exec(said) ?? [];
    if (account && key) accounts.set(key, account);
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') });
    response.end(said);
  }

  // Of a TLS socket Node resets only what is below it.
  const connections = new Map();
  server.on('connection', (connection) => connections.set(connection.remotePort, connection));

  /** The registry's own protocol, past ECR's rules. */
  async function push(request, response) {
    const refusal = tokens.refuse(request.headers.authorization);
    if (refusal) {
      response.setHeader(
        'www-authenticate',
        `Basic realm="https://${request.headers.host}/",service="ecr.amazonaws.com"`,
      );
      // As ECR does; an engine that reads the digest back goes by it.
      response.setHeader('docker-distribution-api-version', 'registry/2.0');
      return answer(response, ...refusal);
    }
    const api = apis.get(request.headers.host);
    const [, name] = /^\/v2\/(.+?)\/(?:blobs|manifests|tags)\//.exec(request.url) ?? [];
    const rule = name === undefined ? undefined : await api.refusePush(name, request);
    if (rule) return answer(response, ...rule);
    const { hostname, port } = new URL(store);
    const onwards = httpRequest(
      {
        hostname,
        port,
        method: request.method,
        path: api.path(request.url),
        headers: { ...request.headers, 'x-forwarded-proto': 'https' },
      },
      (reply) => {
        const { location, ...headers } = reply.headers;
        response.writeHead(reply.statusCode, { ...headers, ...(location ? { location: api.location(location) } : {}) });
        reply.pipe(response);
      },
    );
    onwards.on('error', () => response.destroy());
    request.pipe(onwards);
  }

  await new Promise((done, fail) => server.once('error', fail).listen(443, '127.0.0.1', done));
  return {
    get log() {
      return log;
    },
    clear() {
      log = [];
      faults = [];
      scans = [];
    },
    setScans: (answers) => (scans = answers),
    setFaults: (more) => (faults = more),
    expireTokens: tokens.expire,
    manifest: (repository, tag, host) => (apis.get(host) ?? first).manifest(repository, tag),
    leaveColonsOut: () => void tokens.leaveColonsOut(),
    async prepareFor(repository) {
      await first.createRepository(repository);
      tokens.issue();
    },
    get passwords() {
      return tokens.all();
    },
  };
}

/**
 * Passwords of twelve hours, until a test ends them. With a colon in each, unless told otherwise: ECR does not promise
 * that there is none.
 */
function createTokens() {
  let colon = ':';
  const valid = new Set();
  const expired = new Set();
  return {
    issue() {
      const password = `${randomBytes(24).toString('hex')}${colon}${randomBytes(600).toString('base64')}`;
      valid.add(password);
      return password;
    },
    expire() {
      for (const password of valid) expired.add(password);
      valid.clear();
    },
    leaveColonsOut: () => (colon = ''),
    all: () => [...valid, ...expired],
    refuse(authorization = '') {
      const [, password = ''] =
        /^AWS:(.*)$/s.exec(Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString()) ?? [];
      if (valid.has(password)) return undefined;
      if (expired.has(password))
        return [403, errors('DENIED', 'Your authorization token has expired. Reauthenticate and try again.')];
      return [401, 'Not Authorized\n'];
    },
  };
}

async function text(stream) {
  let body = '';
  for await (const part of stream) body += part;
  return body;
}
