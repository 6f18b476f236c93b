import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port';
import { PYTHON, ROOT, run } from './workspace';

export interface Deployment {
  id: string;
  name: string;
  flow_id: string;
  updated: string;
  [field: string]: unknown;
}

/** Names the server that the suites of one Jest process share: jest.day.config.cjs. */
const SHARED = 'NX_PREFECT_SHARED_SERVER';

/** A real Prefect 3 server on its embedded SQLite, and what a test asks it directly. */
export class Prefect {
  private constructor(
    readonly apiUrl: string,
    readonly home: string,
    /** Undefined where somebody else started it, and will end it. */
    private readonly server: ChildProcess | undefined,
    private readonly authorization: string | undefined,
  ) {}

  /** A server of its own, or the shared one, emptied. */
  static async start({ auth }: { auth?: string } = {}): Promise<Prefect> {
    const shared = process.env[SHARED];
    if (shared === undefined || auth !== undefined) return Prefect.launch(auth);
    const { apiUrl, home } = JSON.parse(shared) as Prefect;
    const prefect = new Prefect(apiUrl, home, undefined, undefined);
    await prefect.reset();
    for (const { name } of await prefect.call<{ name: string }[]>('POST', '/work_pools/filter', {}))
      await prefect.call('DELETE', `/work_pools/${name}`);
    return prefect;
  }

  /** Starts the server that all later `start`s of this process and its children share. */
  static async share(): Promise<Prefect> {
    const prefect = await Prefect.launch(undefined);
    process.env[SHARED] = JSON.stringify({ apiUrl: prefect.apiUrl, home: prefect.home });
    return prefect;
  }

  private static async launch(auth: string | undefined): Promise<Prefect> {
    const home = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-server-')));
    const env = auth ? { PREFECT_SERVER_API_AUTH_STRING: auth } : {};
    const options = { home, python: PYTHON, port: await freePort(), env, quiet: true };
    const server = spawn(
      process.execPath,
      [join(ROOT, 'tools', 'e2e', 'src', 'parts', 'server-process.mjs'), JSON.stringify(options)],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    for await (const line of createInterface({ input: server.stdout })) {
      const { apiUrl } = JSON.parse(line) as { apiUrl: string };
      return new Prefect(apiUrl, home, server, auth && `Basic ${Buffer.from(auth).toString('base64')}`);
    }
    throw new Error('The Prefect server did not start.');
  }

  async stop(): Promise<void> {
    if (this.server === undefined) return;
    const ended = once(this.server, 'exit');
    this.server.stdin?.end();
    await ended;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        const response = await fetch(`${this.apiUrl}${path}`, {
          method,
          headers: {
            'content-type': 'application/json',
            ...(this.authorization ? { authorization: this.authorization } : {}),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
        if (response.status !== 503 || attempt > 5)
          throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
      } catch (error) {
        if (attempt > 5 || !(error instanceof TypeError)) throw error;
      }
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async createPool(name = 'pool', type = 'process'): Promise<void> {
    await this.call('POST', '/work_pools/', { name, type });
  }

  /** All deployments, by `flow name/deployment name`. */
  async deployments(): Promise<Map<string, Deployment>> {
    const flows = await this.pages<{ id: string; name: string }>('/flows/filter');
    const names = new Map(flows.map(({ id, name }) => [id, name]));
    const rows = await this.pages<Deployment>('/deployments/filter');
    return new Map(rows.map((row) => [`${names.get(row.flow_id)}/${row.name}`, row]));
  }

  async reset(): Promise<void> {
    for (const { id } of await this.pages<{ id: string }>('/flows/filter')) await this.call('DELETE', `/flows/${id}`);
  }

  /** Keeps a copy of the database as it is now. */
  snapshot(): Promise<void> {
    return this.copyDatabase('prefect.db', 'snapshot.db');
  }

  /** Puts the copy back, under the running server. */
  restore(): Promise<void> {
    return this.copyDatabase('snapshot.db', 'prefect.db');
  }

  /** SQLite's online backup: whole, while the server runs. */
  private async copyDatabase(from: string, to: string): Promise<void> {
    const script =
      'import sqlite3, sys; source, target = map(sqlite3.connect, sys.argv[1:]); ' +
      'target.execute("PRAGMA busy_timeout = 30000"); source.backup(target)';
    const { code, output } = await run(PYTHON, ['-c', script, join(this.home, from), join(this.home, to)], {
      cwd: this.home,
      env: process.env,
    });
    if (code !== 0) throw new Error(output);
  }

  private async pages<T>(path: string): Promise<T[]> {
    const rows: T[] = [];
    for (;;) {
      const page = await this.call<T[]>('POST', path, { limit: 200, offset: rows.length, sort: 'CREATED_DESC' });
      rows.push(...page);
      if (page.length < 200) return rows;
    }
  }
}
