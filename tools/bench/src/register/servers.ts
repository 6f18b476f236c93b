import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../../e2e/src/parts/free-port';
import { ROOT } from '../paths';
import { BUCKET } from './contestants/nx';
import { program, type Engine } from './engine';

const PAGE = 200;

/** A real server for one contestant, with nothing on it but a work pool or a project. */
export interface BenchServer {
  url: string;
  /** Address of an S3 API, where code goes to one. */
  s3: string | undefined;
  /** What is registered: by name, something that changes with every write. */
  held(): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

/** @param folder for its data; what a first start makes there is kept for the next one */
export function startBenchServer(engine: Engine, folder: string): Promise<BenchServer> {
  return engine === 3 ? startPrefect3(folder) : startPrefect1(folder);
}

async function startPrefect3(folder: string): Promise<BenchServer> {
  const [template, home] = [join(folder, 'template'), join(folder, 'home')];
  rmSync(home, { recursive: true, force: true });
  // To make the database takes longer than to copy it.
  if (!existsSync(template)) await (await spawnPrefect3(template)).stop();
  cpSync(template, home, { recursive: true });
  const server = await spawnPrefect3(home);
  await ask(`${server.url}/work_pools/`, { name: 'pool', type: 'process' });
  return server;
}

async function spawnPrefect3(home: string): Promise<BenchServer> {
  const options = { home, python: program(3, 'python'), port: await freePort(), quiet: true };
  const child = spawn(process.execPath, [join(ROOT, 'tools', 'e2e', 'src', 'parts', 'server-process.mjs'), JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { apiUrl: url } = JSON.parse(await firstLine(child)) as { apiUrl: string };
  return {
    url,
    s3: undefined,
    async held() {
      const [flows, deployments] = [await pages<{ id: string; name: string }>(`${url}/flows/filter`), await pages<{ flow_id: string; updated: string }>(`${url}/deployments/filter`)];
      const names = new Map(flows.map(({ id, name }) => [id, name]));
      return new Map(deployments.map(({ flow_id, updated }) => [names.get(flow_id)!, updated]));
    },
    // It ends with its standard input.
    stop: () => ended(child, () => child.stdin?.end()),
  };
}

async function pages<T>(url: string): Promise<T[]> {
  const rows: T[] = [];
  for (;;) {
    const page = (await ask(url, { limit: PAGE, offset: rows.length })) as T[];
    rows.push(...page);
    if (page.length < PAGE) return rows;
  }
}

/** The development server and moto's S3: stand-ins, the same for each contestant. */
async function startPrefect1(folder: string): Promise<BenchServer> {
  const data = join(folder, 'prefect1.jsonl');
  mkdirSync(folder, { recursive: true });
  rmSync(data, { force: true });
  const port = await freePort();
  const child = spawn(process.execPath, [join(ROOT, 'tools', 'prefect1-server', 'dist', 'main.js'), '--port', '0', '--data', data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const moto = spawn(join(ROOT, 'tools', 'e2e', '.venv', 'bin', 'python'), ['-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const stop = async () => void (await Promise.all([child, moto].map((each) => ended(each, () => each.kill('SIGKILL')))));
  try {
    const url = / on (http:\S+),/.exec(await firstLine(child))![1]!;
    const s3 = `http://127.0.0.1:${port}`;
    while (!(await fetch(s3).then(() => true, () => false))) await sleep(100);
    const client = new S3Client({ endpoint: s3, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
    const { tenant } = await graphql<{ tenant: { id: string }[] }>(url, '{ tenant { id } }');
    await graphql(url, 'mutation($input: create_project_input!) { create_project(input: $input) { id } }', { input: { name: 'bench', tenant_id: tenant[0]!.id } });
    const held = async () => {
      const { flow } = await graphql<{ flow: { id: string; name: string }[] }>(url, '{ flow(where: {archived: {_eq: false}}) { id name } }');
      return new Map(flow.map(({ id, name }) => [name, id]));
    };
    return { url, s3, held, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function graphql<T>(url: string, query: string, variables: object = {}): Promise<T> {
  const { data, errors } = (await ask(url, { query, variables: JSON.stringify(variables) })) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(`${url} answered ${JSON.stringify(errors)}`);
  return data;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { value, done } = await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
  if (done) throw new Error('A server did not start.');
  return value;
}

async function ended(child: ChildProcess, end: () => void): Promise<void> {
  const exit = once(child, 'exit');
  end();
  await exit;
}

async function ask(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
