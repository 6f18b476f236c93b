// Process 1 of the stack's own namespaces: node inside.mjs <folder>. Brings up the loopback interface, the host names,
// the engine, a registry, moto and the front before them; says so in one line of JSON, and ends, with all of them, with
// its standard input.
import { createHash } from 'node:crypto';
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { startFront } from './front.mjs';
import { HOSTS } from './names.mjs';

const folder = process.argv[2];
const python = process.argv[3];
const data = join(folder, 'data');
const MOTO = 5001;
const STORE = 5000;
const registry = `http://127.0.0.1:${STORE}/v2`;

process.on('uncaughtException', end);
process.stdin.on('end', () => process.exit(0)).resume();

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const hosts = join(folder, 'hosts');
writeFileSync(hosts, `127.0.0.1 localhost ${HOSTS.join(' ')}\n`);
execFileSync('mount', ['--bind', hosts, '/etc/hosts']);
// In memory: an overlay on the overlay of a container is refused, and nothing stays on the disk.
mkdirSync(data);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6g', 'tmpfs', data]);
// podman's and buildah's own folders: what they keep ends here, too.
for (const own of ['/var/lib/containers', '/run/containers', '/run/libpod']) {
  mkdirSync(own, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', own]);
}

writeFileSync(
  join(folder, 'registry.yml'),
  JSON.stringify({
    version: '0.1',
    log: { level: 'warn' },
    storage: { filesystem: { rootdirectory: join(data, 'registry') }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${STORE}`, secret: 'of this test' },
  }),
);
const store = start('registry', ['docker-registry', 'serve', join(folder, 'registry.yml')]);
const moto = start('moto', [python, '-m', 'moto.server', '--host', '127.0.0.1', '--port', String(MOTO)]);
let engine = startEngine();

const front = await startFront({
  certificate: { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) },
  store: `http://127.0.0.1:${STORE}`,
  moto: `http://127.0.0.1:${MOTO}`,
});
await Promise.all([listening(STORE, store), listening(MOTO, moto), engine.ready]);

/** What a test asks and tells the stack, over a socket that lies in the folder: the test is in another network. */
const control = {
  log: () => front.log,
  clear: () => front.clear(),
  faults: (faults) => front.setFaults(faults),
  expire: () => front.expireTokens(),
  passwords: () => front.passwords,
  /** Lets a port of this network lead to the other end of a socket in the folder. */
  forward: (port) =>
    new Promise((done) =>
      createTcpServer((from) => pipe(from, connect(join(folder, `${port}.sock`)))).listen(port, '127.0.0.1', done),
    ),
  leaveColonsOut: () => front.leaveColonsOut(),
  prepareFor: (repository) => front.prepareFor(repository),
  digestOf: async ([repository, tag, host]) => (await front.manifest(repository, tag, host))?.digest ?? null,
  scans: (answers) => front.setScans(answers),
  platformsOf: async ([repository, tag]) =>
    JSON.parse((await front.manifest(repository, tag)).body).manifests.map(
      ({ platform }) => `${platform.os}/${platform.architecture}`,
    ),
  /** Its config says another author: the same layers, another digest. */
  async moveTag([repository, tag]) {
    const { body, type } = await front.manifest(repository, tag);
    const manifest = JSON.parse(body);
    const config = await (await fetch(`${registry}/${repository}/blobs/${manifest.config.digest}`)).json();
    const other = Buffer.from(JSON.stringify({ ...config, author: 'by hand' }));
    const digest = `sha256:${createHash('sha256').update(other).digest('hex')}`;
    const started = await fetch(`${registry}/${repository}/blobs/uploads/`, { method: 'POST' });
    const place = new URL(started.headers.get('location'), registry);
    place.searchParams.set('digest', digest);
    await fetch(place, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: other });
    const moved = JSON.stringify({ ...manifest, config: { ...manifest.config, digest, size: other.length } });
    const put = await fetch(`${registry}/${repository}/manifests/${tag}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: moved,
    });
    if (!put.ok) throw new Error(await put.text());
  },
  async stopEngine() {
    const gone = new Promise((done) => engine.child.once('exit', done));
    engine.child.kill('SIGTERM');
    await gone;
    rmSync(join(folder, 'docker.sock'), { force: true });
  },
  async startEngine() {
    engine = startEngine();
    await engine.ready;
  },
  /**
   * Debian's newest docker, with the image store that holds lists of images, and the network that a scan asks for.
   * @param root where it is unpacked
   */
  async startNewerEngine(root) {
    const settings = { features: { 'containerd-snapshotter': true } };
    await startEngine('newer', join(data, 'newer'), { root, settings, flags: [] }).ready;
    return `unix://${join(folder, 'newer.sock')}`;
  },
  async startSmallEngine() {
    const disk = join(folder, 'small');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk]);
    await startEngine('small', join(disk, 'docker')).ready;
    return `unix://${join(folder, 'small.sock')}`;
  },
};
async function answer(request, response) {
  try {
    let body = '';
    for await (const part of request) body += part;
    const result = await control[request.url.slice(1)](body ? JSON.parse(body) : undefined);
    response.end(JSON.stringify(result ?? null));
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
}
createServer((request, response) => void answer(request, response)).listen(join(folder, 'control.sock'), () =>
  console.log('{"ready":true}'),
);

function pipe(from, to) {
  from
    .on('error', () => to.destroy())
    .pipe(to)
    .on('error', () => from.destroy())
    .pipe(from);
}

function startEngine(
  name = 'docker',
  dataRoot = join(data, 'docker'),
  { root = '', settings = {}, flags = ['--storage-driver=overlay2', '--bridge=none'] } = {},
) {
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings));
  const socket = join(folder, `${name}.sock`);
  const program = [
    join(root, '/usr/sbin/dockerd'),
    `--host=unix://${socket}`,
    `--data-root=${dataRoot}`,
    `--exec-root=${join(folder, `exec-${name}`)}`,
    `--pidfile=${join(folder, `${name}.pid`)}`,
    `--config-file=${join(folder, `${name}.json`)}`,
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
    ...flags,
  ];
  const path = ['usr/sbin', 'usr/bin'].map((part) => join(root, '/', part)).join(':');
  const trust = root === '' ? {} : { SSL_CERT_FILE: join(folder, 'cert.pem') };
  const child = start(`${name}d`, program, { PATH: `${path}:${process.env.PATH}`, ...trust });
  return { child, ready: listening(socket, child) };
}

function start(name, [program, ...args], env = {}) {
  const log = openSync(join(folder, `${name}.log`), 'a');
  const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, HOME: folder, ...env } });
  closeSync(log);
  child.on('error', end);
  return child;
}

function end(error) {
  console.error(error);
  process.exit(1);
}

async function listening(where, child) {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const open = await new Promise((done) => {
      if (typeof where === 'string' && !existsSync(where)) return done(false);
      const probe = connect(typeof where === 'string' ? { path: where } : { port: where, host: '127.0.0.1' });
      probe.once('connect', () => done(true)).once('error', () => done(false));
      probe.once('connect', () => probe.destroy());
    });
    if (open) return;
    if (child.exitCode !== null) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Nothing listens on ${where}.`);
}
