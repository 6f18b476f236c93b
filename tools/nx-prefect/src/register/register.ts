import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext, TaskGraph } from '@nx/devkit';
import { formatError } from '../errors';
import type { RegisterOptions } from '../executors/register/schema';
import { projectFiles } from '../graph/file-map';
import type { Planned, PrefectServer } from '../prefect/server';
import { RestServer } from '../prefect/rest/server';
import { S3CodeStore } from '../aws/s3-code-store';
import { clashes } from './clashes';
import type { CodeStore } from './code-store';
import { LocalCodeStore } from './local-code-store';
import { type PreparedTask, prepareTask } from './prepare';
import { WriteLanes } from './write-lanes';

/** A task after the bulk read: what registering it would do. */
export interface PlannedTask extends PreparedTask {
  server: PrefectServer;
  lanes: WriteLanes;
  planned: (Planned | Error)[];
  codePresent: boolean;
}

export type TaskPlan = PlannedTask | { task: string; error: unknown };

/** Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store. */
export async function planTasks(taskGraph: TaskGraph, options: Record<string, unknown>, context: ExecutorContext): Promise<TaskPlan[]> {
  const failed: TaskPlan[] = [];
  const prepared: PreparedTask[] = [];
  const prepareContext = { context, files: await projectFiles(context.projectGraph), storeFor: codeStores(context.root) };
  for (const task of Object.values(taskGraph.tasks)) {
    try {
      prepared.push(prepareTask(task, options[task.id], prepareContext));
    } catch (error) {
      failed.push({ task: task.id, error });
    }
  }
  const clashing = clashes(prepared);
  for (const [task, error] of clashing) failed.push({ task, error });
  const rest = prepared.filter(({ task }) => !clashing.has(task));
  const plans = await Promise.all(groups(rest).map((group) => planGroup(group)));
  return [...failed, ...plans.flat()];
}

function groups(tasks: PreparedTask[]): PreparedTask[][] {
  const byPlace = new Map<string, PreparedTask[]>();
  const stores = [...new Set(tasks.map(({ store }) => store))];
  for (const task of tasks) {
    const key = `${stores.indexOf(task.store)} ${JSON.stringify(task.connection)}`;
    byPlace.set(key, [...(byPlace.get(key) ?? []), task]);
  }
  return [...byPlace.values()];
}

/** Tasks of one server and one code store. */
async function planGroup(tasks: PreparedTask[]): Promise<TaskPlan[]> {
  const first = tasks[0];
  if (!first) return [];
  const lanes = new WriteLanes();
  const server = new RestServer(first.connection, () => lanes.slowDown());
  try {
    const [present, planned] = await Promise.all([first.store.present(), server.plan(tasks.flatMap(({ wanted }) => wanted))]);
    let at = 0;
    return tasks.map((task) => ({
      ...task,
      server,
      lanes,
      planned: planned.slice(at, (at += task.wanted.length)),
      codePresent: present.has(task.code.digest),
    }));
  } catch (error) {
    return tasks.map(({ task }) => ({ task, error }));
  }
}

/** What happened to one deployment. */
export interface Registered {
  deployment: string;
  action: 'created' | 'updated' | 'unchanged' | 'failed';
  url?: string;
  error?: unknown;
  fields: string[];
  notes: string[];
}

/** Uploads the code if it is not there, then writes the deployments that differ; each one fails for itself. */
export async function applyTask(task: PlannedTask): Promise<Registered[]> {
  const uploaded = task.codePresent ? undefined : await task.store.put(task.code).then(() => undefined, (error: unknown) => ({ error }));
  return Promise.all(task.planned.map((planned, at) => applyOne(task, planned, at, uploaded?.error)));
}

async function applyOne({ wanted, server, lanes, codePresent }: PlannedTask, planned: Planned | Error, at: number, uploadError: unknown): Promise<Registered> {
  const { flowName, name } = wanted[at]?.deployment ?? { flowName: '', name: '' };
  const deployment = `${flowName}/${name}`;
  if (planned instanceof Error) return { deployment, action: 'failed', error: planned, fields: [], notes: [] };
  const { fields, notes, url } = planned;
  const seen = { deployment, fields, notes, ...(url === undefined ? {} : { url }) };
  if (uploadError !== undefined) return { ...seen, action: 'failed', error: uploadError };
  if (planned.action === 'unchanged') return codePresent ? { ...seen, action: 'unchanged' } : { ...seen, action: 'updated', fields: ['code'] };
  try {
    const page = await lanes.run(() => server.apply(planned));
    return { ...seen, url: page, action: planned.action === 'create' ? 'created' : 'updated' };
  } catch (error) {
    return { ...seen, action: 'failed', error };
  }
}

/** Lines for a terminal. */
export function describe({ deployment, action, url, fields, notes, error }: Registered): string[] {
  const changed = action === 'updated' && fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const first = error === undefined ? `${deployment}: ${action}${changed}${url ? ` ${url}` : ''}` : `${deployment}: ${formatError(error)}`;
  return [first, ...notes];
}

/** Appends to the file of the option `report`: one JSON object a line. */
export function report(workspaceRoot: string, { options, flow }: PreparedTask, registered: Registered[]): void {
  if (options.report === undefined) return;
  const lines = registered.map(({ deployment, action, url }) => `${JSON.stringify({ flow, action, deployment, url: url ?? null })}\n`);
  appendFileSync(resolve(workspaceRoot, options.report), lines.join(''));
}

/** One store object for each place, so that its content is listed once a run. */
function codeStores(workspaceRoot: string): (options: RegisterOptions) => CodeStore {
  const stores = new Map<string, CodeStore>();
  return ({ s3Bucket, s3Prefix, s3Credentials, awsProfile, awsRegion }) => {
    const key = JSON.stringify([s3Bucket, s3Prefix, s3Credentials, awsProfile, awsRegion]);
    const store =
      stores.get(key) ??
      (s3Bucket === undefined
        ? new LocalCodeStore(workspaceRoot)
        : new S3CodeStore({ bucket: s3Bucket, prefix: s3Prefix, profile: awsProfile, region: awsRegion, credentialsBlock: s3Credentials }));
    stores.set(key, store);
    return store;
  };
}
