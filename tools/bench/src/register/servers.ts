import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Prefect } from '../../../e2e/src/parts/prefect';
import { Prefect1Api } from '../../../e2e/src/parts/prefect1-api';
import { S3 } from '../../../e2e/src/parts/s3';
import { ROOT } from '../paths';
import { BUCKET } from './contestants/nx';
import type { Engine } from './engine';

/** A real server for one contestant, with nothing on it but a work pool or a project. */
export interface BenchServer {
  url: string;
  /** Address of an S3 API, where code goes to one. */
  s3: string | undefined;
  /** What is registered: by the flow's name, something that changes with every write. */
  held(): Promise<Map<string, string>>;
  stop(): Promise<void>;
}

export function startBenchServer(engine: Engine, inBucket: boolean): Promise<BenchServer> {
  return engine === 3 ? startPrefect3(inBucket) : startPrefect1();
}

async function startPrefect3(inBucket: boolean): Promise<BenchServer> {
  const [prefect, s3] = await Promise.all([Prefect.start(), inBucket ? S3.start() : undefined]);
  await s3?.createBucket(BUCKET);
  await prefect.createPool();
  const held = async () =>
    new Map(
      [...(await prefect.deployments())].map(([title, { updated }]) => [title.replace(/\/default$/, ''), updated]),
    );
  const stop = () => {
    s3?.stop();
    return prefect.stop();
  };
  return { url: prefect.apiUrl, s3: s3?.endpoint, held, stop };
}

/** The development server, in a process of its own, and moto's S3: stand-ins, the same for each contestant. */
async function startPrefect1(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'nx-prefect-1-'));
  const s3 = await S3.start();
  const child = spawn(
    process.execPath,
    [join(ROOT, 'tools', 'prefect1-server', 'dist', 'main.js'), '--port', '0', '--data', join(folder, 'data.jsonl')],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const stop = async () => {
    s3.stop();
    child.kill();
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  };
  try {
    await s3.createBucket(BUCKET);
    const url = / on (http:\S+),/.exec(await firstLine(child))![1]!;
    const api = new Prefect1Api(url);
    const { tenant } = await api.send<{ tenant: { id: string }[] }>('{ tenant { id } }');
    await api.mutate('create_project', { name: 'bench', tenant_id: tenant[0]!.id }, 'id');
    const held = async () => {
      const { flow } = await api.send<{ flow: { id: string; name: string }[] }>(
        '{ flow(where: {archived: {_eq: false}}) { id name } }',
      );
      return new Map(flow.map(({ id, name }) => [name, id]));
    };
    return { url, s3: s3.endpoint, held, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const { value, done } = await createInterface({ input: child.stdout! })[Symbol.asyncIterator]().next();
  if (done) throw new Error('A server did not start.');
  return value;
}
