import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT, run } from '../workspace';

export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';
export const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
export const OTHER_ACCOUNT = '210987654321';
export const OTHER_REGION = 'eu-west-1';

const MOTO_PYTHON = 'tools/e2e/.venv/bin/python';
const INSIDE = 'tools/e2e/src/parts/ecr';
/** Debian's own before all others: what an image of a CI provider brings besides may lack its parts. */
const SEARCH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** A program that the stack needs, and the Debian package that has it. */
const NEEDED = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  openssl: 'openssl',
  dockerd: 'docker.io',
  docker: 'docker.io',
  'docker-registry': 'docker-registry',
  busybox: 'busybox-static',
  podman: 'podman',
  buildah: 'buildah',
};

/** A request that came in: `ecr BatchGetImage`, `PUT /v2/team/manifests/latest`. */
export interface Request {
  label: string;
  /** 0 = none was given: reset. */
  status: number;
}

/** Where tools/local/newer-docker.mjs unpacks it. */
const NEWER = 'tools/e2e/.newer-docker';

/** Whether Debian's newest docker is there. */
export function hasNewerDocker(root = ROOT): boolean {
  return existsSync(join(root, NEWER));
}

/** What happens to the next `times` requests whose label matches. */
export type Fault = { match: string; times: number } & (
  | { as: 'reset' | 'expire' }
  | { as?: never; status: number; body: unknown }
);

function programOf(name: string): string | undefined {
  return SEARCH.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** Why the stack cannot run on this machine; empty where it can. */
export function missingParts(root = ROOT): string[] {
  if (process.platform !== 'linux') return ['Linux'];
  const programs = Object.entries(NEEDED).filter(([program]) => programOf(program) === undefined);
  const packages = [...new Set(programs.map(([, debian]) => `Debian package ${debian}`))];
  return [
    ...packages,
    ...(process.getuid?.() === 0 ? [] : ['root']),
    ...(existsSync(join(root, MOTO_PYTHON)) ? [] : [`${MOTO_PYTHON} (npm run test:all installs it)`]),
  ];
}

/**
 * A docker engine, a registry and an ECR API in namespaces of their own, where AWS's real host names lead to them over
 * TLS. All of it ends with the process that started it.
 */
export class EcrStack {
  private constructor(
    readonly folder: string,
    private readonly process: ChildProcess,
    private readonly inner: number,
    private readonly root: string,
  ) {}

  /** @param root the repository, for code that does not run where its source lies */
  static async start(root = ROOT): Promise<EcrStack> {
    const missing = missingParts(root);
    if (missing.length > 0)
      throw new Error(`The engine and registry of these tests cannot start here, for want of: ${missing.join(', ')}.`);
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-ecr-')));
    mkdirSync(join(folder, 'home', '.docker'), { recursive: true });
    const names = [REGION, OTHER_REGION].flatMap((region) =>
      ['api.ecr', 'sts', '*.dkr.ecr'].map((service) => `DNS:${service}.${region}.amazonaws.com`),
    );
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      join(folder, 'key.pem'),
    ];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        ...key,
        '-out',
        join(folder, 'cert.pem'),
        '-days',
        '2',
        '-subj',
        '/CN=nx-prefect tests',
        '-addext',
        `subjectAltName=${names.join(',')}`,
      ],
      { stdio: 'ignore' },
    );
    const child = spawn(
      'unshare',
      [
        '--net',
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        '--mount-proc',
        process.execPath,
        join(root, INSIDE, 'inside.mjs'),
        folder,
        join(root, MOTO_PYTHON),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PATH: path() } },
    );
    for await (const line of createInterface({ input: child.stdout })) {
      if (line !== '{"ready":true}') continue;
      const inner = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8'));
      const stack = new EcrStack(folder, child, inner, root);
      await stack.importBase();
      return stack;
    }
    throw new Error(`The engine and registry did not start; their logs are in ${folder}.`);
  }

  /** What a user has in the environment, with an empty home of its own. */
  get env(): Record<string, string> {
    return {
      PATH: path(),
      HOME: join(this.folder, 'home'),
      DOCKER_HOST: `unix://${join(this.folder, 'docker.sock')}`,
      NODE_EXTRA_CA_CERTS: join(this.folder, 'cert.pem'),
      // podman and buildah; docker trusts what is on this machine.
      SSL_CERT_FILE: join(this.folder, 'cert.pem'),
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
    };
  }

  /** The command with which another one runs in the stack's network, in a folder. */
  enter(folder: string): string[] {
    return [
      programOf('nsenter') ?? 'nsenter',
      `--target=${this.inner}`,
      '--net',
      '--mount',
      '--pid',
      `--wdns=${folder}`,
      '--',
    ];
  }

  /** Runs a program in the stack's network. */
  run(
    program: string,
    args: string[],
    env: Record<string, string> = {},
  ): Promise<{ code: number | null; output: string }> {
    const [command = '', ...enter] = this.enter(this.folder);
    return run(command, [...enter, program, ...args], { cwd: this.folder, env: { ...this.env, ...env } });
  }

  /** All command lines in the stack's namespaces while an action goes on. */
  async argvDuring(action: () => Promise<unknown>): Promise<string[]> {
    const [command = '', ...enter] = this.enter(this.folder);
    const watcher = spawn(command, [...enter, process.execPath, join(this.root, INSIDE, 'watch-argv.mjs')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: this.env,
    });
    const lines = createInterface({ input: watcher.stdout })[Symbol.asyncIterator]();
    await lines.next();
    await action();
    watcher.stdin.end();
    return JSON.parse(String((await lines.next()).value)) as string[];
  }

  async docker(...args: string[]): Promise<string> {
    const { code, output } = await this.run('docker', args, this.own);
    if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${output}`);
    return output;
  }

  log = (): Promise<Request[]> => this.control('log');
  /** Forgets the log and all faults. */
  clear = (): Promise<void> => this.control('clear');
  faults = (faults: Fault[]): Promise<void> => this.control('faults', faults);
  expireTokens = (): Promise<void> => this.control('expire');
  /** For programs that end a password at its first colon. */
  leaveColonsOut = (): Promise<void> => this.control('leaveColonsOut');
  /** Of every login so far. */
  passwords = (): Promise<string[]> => this.control('passwords');
  stopEngine = (): Promise<void> => this.control('stopEngine');
  startEngine = (): Promise<void> => this.control('startEngine');
  /** A second engine, with room for next to nothing. @returns its DOCKER_HOST */
  startSmallEngine = (): Promise<string> => this.control('startSmallEngine');

  /**
   * Starts Debian's newest docker, which has buildx and keeps lists of images.
   *
   * @returns the environment in which it is the docker
   */
  async startNewerEngine(): Promise<Record<string, string>> {
    const root = join(this.root, NEWER);
    const config = join(this.folder, 'newer-docker');
    mkdirSync(config, { recursive: true });
    symlinkSync(join(root, 'usr/libexec/docker/cli-plugins'), join(config, 'cli-plugins'));
    const env = {
      DOCKER_HOST: await this.control<string>('startNewerEngine', root),
      DOCKER_CONFIG: config,
      PATH: [join(root, 'usr/bin'), path()].join(delimiter),
    };
    const base = ['import', '--change', 'ENV PATH=/bin', join(this.folder, 'rootfs.tar'), 'base:1'];
    const { code, output } = await this.run('docker', base, env);
    if (code !== 0) throw new Error(output);
    return env;
  }

  /** The tests' own docker commands leave the user's config alone. */
  private get own(): Record<string, string> {
    return { DOCKER_CONFIG: join(this.folder, 'own-docker') };
  }

  /** Logs {@link docker} in. */
  async login(env: Record<string, string> = this.own): Promise<void> {
    const { code, output } = await this.run(
      'sh',
      ['-c', `printf %s "$PASSWORD" | docker login --username AWS --password-stdin ${REGISTRY}`],
      { ...env, PASSWORD: (await this.passwords()).at(-1) ?? '' },
    );
    if (code !== 0) throw new Error(output);
  }

  /** What people do by hand before they push: a repository, and a login into the user's own config. */
  async prepareFor(repository: string): Promise<void> {
    await this.control('prepareFor', repository);
    await this.login({});
  }

  /** What the registry itself has under a tag; undefined where it has nothing. */
  digestOf = (repository: string, tag: string, registry = REGISTRY): Promise<string | null> =>
    this.control('digestOf', [repository, tag, registry]);
  /** What ECR says of scans from now on, one answer after the other. */
  scans = (answers: { status: string; counts?: Record<string, number> }[]): Promise<void> =>
    this.control('scans', answers);
  platformsOf = (repository: string, tag: string): Promise<string[]> => this.control('platformsOf', [repository, tag]);
  /** Puts a tag on another image, past ECR. */
  moveTag = (repository: string, tag: string): Promise<void> => this.control('moveTag', [repository, tag]);

  /** Makes a server of this machine's loopback interface reachable from the stack's, under the same port. */
  async reach(port: number): Promise<void> {
    const socket = join(this.folder, `${port}.sock`);
    const server = createServer((from) => {
      const to = connect({ port, host: '127.0.0.1' });
      from
        .on('error', () => to.destroy())
        .pipe(to)
        .on('error', () => from.destroy())
        .pipe(from);
    });
    await new Promise<void>((done) => server.listen(socket, done));
    await this.control('forward', port);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.stdin?.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** An image of one static program, under a name that `FROM` finds without asking a registry. */
  async importBase(host?: string): Promise<void> {
    const rootfs = join(this.folder, 'rootfs');
    if (host !== undefined) return this.importTar(host);
    for (const folder of ['bin', 'tmp', 'etc']) mkdirSync(join(rootfs, folder), { recursive: true });
    writeFileSync(join(rootfs, 'bin', 'busybox'), readFileSync('/bin/busybox'), { mode: 0o755 });
    execFileSync('ln', ['-s', 'busybox', join(rootfs, 'bin', 'sh')]);
    execFileSync('tar', ['-C', rootfs, '-cf', join(this.folder, 'rootfs.tar'), '.']);
    await this.importTar(this.env['DOCKER_HOST'] ?? '');
  }

  private async importTar(host: string): Promise<void> {
    await this.docker('--host', host, 'import', '--change', 'ENV PATH=/bin', join(this.folder, 'rootfs.tar'), 'base:1');
  }

  private control<T>(action: string, input?: unknown): Promise<T> {
    return new Promise((done, fail) => {
      const call = request(
        { socketPath: join(this.folder, 'control.sock'), path: `/${action}`, method: 'POST' },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (part: string) => (body += part));
          response.on('end', () => (response.statusCode === 200 ? done(JSON.parse(body) as T) : fail(new Error(body))));
        },
      );
      call.on('error', fail).end(input === undefined ? '' : JSON.stringify(input));
    });
  }
}

function path(): string {
  return [...SEARCH, dirname(process.execPath)].join(delimiter);
}
