import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext, Task, TaskGraph } from '@nx/devkit';
import { buildFlows } from '../build/build-flows';
import { FlowError, formatError } from '../errors';
import type { RegisterOptions } from '../executors/register/schema';
import { projectFiles } from '../graph/file-map';
import { Lanes } from '../lanes';
import { type Planned, type PrefectServer, connect } from '../prefect/server';
import { S3CodeStore } from '../aws/s3-code-store';
import { clashes } from './clashes';
import type { CodeStore } from './code-store';
import { LocalCodeStore } from './local-code-store';
import { type PreparedTask, buildOptionsOf, prepareTask, wasBuilt } from './prepare';


/** A task after the bulk read: what registering it would do. */
export interface PlannedTask extends PreparedTask {
  server: PrefectServer;
  /** Bounds the writes to the server. */
  lanes: Lanes;
  planned: (Planned | Error)[];
  codePresent: boolean;
}

export type TaskPlan = PlannedTask | { task: string; error: unknown };

/** Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store. */
export async function planTasks(taskGraph: TaskGraph, options: Record<string, unknown>, context: ExecutorContext): Promise<TaskPlan[]> {
  const failed: TaskPlan[] = [];
  const prepared: PreparedTask[] = [];
  const prepareContext = { context, files: await projectFiles(context.projectGraph), storeFor: codeStores(context.root) };
  const prepare = (task: Task) => {
    prepared.push(prepareTask(task, options[task.id], prepareContext));
  };
  const overtaken: Task[] = [];
  for (const task of Object.values(taskGraph.tasks)) {
    try {
      prepare(task);
    } catch (error) {
      if (isOutdated(error) && wasBuilt(context, task.target.project)) overtaken.push(task);
      else failed.push({ task: task.id, error });
    }
  }
  for await (const { task, error } of rebuilt(context, overtaken)) {
    try {
      if (error !== undefined) throw error;
      prepare(task);
    } catch (reason) {
      failed.push({ task: task.id, error: reason });
    }
  }
  const clashing = clashes(prepared);
  for (const [task, error] of clashing) failed.push({ task, error });
  const rest = prepared.filter(({ task }) => !clashing.has(task));
  const plans = await Promise.all(groups(rest).map((group) => planGroup(context.root, group)));
  return [...failed, ...plans.flat()];
}

function isOutdated(error: unknown): boolean {
  return error instanceof FlowError && ['build-outdated', 'not-built'].includes(error.code);
}

/**
 * Builds again what an edit or another terminal overtook after Nx had hashed it. Nx may have stored that build under the hash of
 * the older source, and would bring it back at each run: without this, going back to that source could never be registered.
 */
async function* rebuilt(context: ExecutorContext, tasks: Task[]): AsyncGenerator<{ task: Task; error?: unknown }> {
  if (tasks.length === 0) return;
  const builds = tasks.map((task) => {
    const { project, configuration } = task.target;
    const target = { project, target: 'build', ...(configuration === undefined ? {} : { configuration }) };
    return { task, id: `${project}:build`, target, options: buildOptionsOf(context, project, configuration) };
  });
  for await (const { task: id, error } of buildFlows(context, builds)) {
    const build = builds.find((one) => one.id === id);
    if (build) yield { task: build.task, error };
  }
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

/** Two suit PostgreSQL; the first sign of contention (SQLite has one writer) leaves one. */
const WRITES_AT_ONCE = 2;

/** Tasks of one server and one code store. */
async function planGroup(workspaceRoot: string, tasks: PreparedTask[]): Promise<TaskPlan[]> {
  const first = tasks[0];
  if (!first) return [];
  const lanes = new Lanes(WRITES_AT_ONCE);
  let isBusy = false;
  const onBusy = () => {
    if (!isBusy) lanes.narrow();
    isBusy = true;
  };
  const server = connect(first.connection, { onBusy, isFile: (path) => existsSync(resolve(workspaceRoot, path)) });
  try {
    const [present, planned] = await Promise.all([first.store.present(), server.plan(tasks.flatMap(({ wanted }) => wanted))]);
    const note = notesOf(first);
    for (const item of planned) if (!(item instanceof Error)) item.notes.push(...note);
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

/** A path of this machine means nothing to workers on another one. */
function notesOf({ connection, options }: PreparedTask): string[] {
  const { hostname } = new URL(connection.apiUrl);
  if (options.s3Bucket !== undefined || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return [];
  return [`Warning: without the option "s3Bucket" the code stays in .prefect-code/ of this machine; workers elsewhere can't load it.`];
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
  const file = resolve(workspaceRoot, options.report);
  try {
    appendFileSync(file, lines.join(''));
  } catch (cause) {
    throw new FlowError({ code: 'report', flow, file: options.report, what: `The report can't be written (${(cause as Error).message}); the flow is registered.`, next: 'Correct the option "report".', cause });
  }
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
