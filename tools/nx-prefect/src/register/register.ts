import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { FlowError, formatError } from '../errors';
import { projectFiles } from '../graph/file-map';
import {
  type PlacedCode,
  type Planned,
  type PrefectServer,
  type StorePlace,
  type Wanted,
  connect,
  titleOf,
} from '../prefect/server';
import { S3CodeStore } from '../aws/s3-code-store';
import { clashes } from './clashes';
import type { CodeStore } from './code-store';
import { CodeUploads } from './code-uploads';
import { findImages } from './image';
import { LocalCodeStore } from './local-code-store';
import { type PreparedTask, buildOptionsOf, prepareTask, wasBuilt } from './prepare';

/** A task after the bulk read: what registering it would do. */
export interface PlannedTask extends PreparedTask {
  server: PrefectServer;
  uploads: CodeUploads;
  planned: (Planned | Error)[];
  /** Whether the code of each registration is where workers load it from. */
  codePresent: boolean[];
}

export type TaskPlan = PlannedTask | { task: string; error: unknown };

/** Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store. */
export async function planTasks(
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
): Promise<TaskPlan[]> {
  const failed: TaskPlan[] = [];
  const prepared: PreparedTask[] = [];
  const [files, images] = await Promise.all([
    projectFiles(context.root, context.projectGraph),
    findImages(tasks, options, context),
  ]);
  const prepareContext = { context, files, images, storeFor: codeStores(context.root) };
  const prepare = (task: Task) => {
    prepared.push(prepareTask(task, options[task.id], prepareContext));
  };
  const overtaken: Task[] = [];
  for (const task of tasks) {
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
  const uploads = new CodeUploads();
  const plans = await Promise.all(groups(rest).map((group) => planGroup(context.root, group, uploads)));
  return [...failed, ...plans.flat()];
}

function isOutdated(error: unknown): boolean {
  return error instanceof FlowError && ['build-outdated', 'not-built'].includes(error.code);
}

/**
 * Builds again what an edit or another terminal overtook after Nx had hashed it. Nx may have stored that build under
 * the hash of the older source, and would bring it back at each run: without this, going back to that source could
 * never be registered.
 */
async function* rebuilt(context: ExecutorContext, tasks: Task[]): AsyncGenerator<{ task: Task; error?: unknown }> {
  if (tasks.length === 0) return;
  const builds = tasks.map((task) => {
    const { project, configuration } = task.target;
    const target = { project, target: 'build', ...(configuration === undefined ? {} : { configuration }) };
    return { task, id: `${project}:build`, target, options: buildOptionsOf(context, project, configuration) };
  });
  const { buildFlows } = await import('../build/build-flows.js');
  for await (const { task: id, error } of buildFlows(context, builds)) {
    const build = builds.find((one) => one.id === id);
    if (build) yield { task: build.task, error };
  }
}

function groups(tasks: PreparedTask[]): PreparedTask[][] {
  const byServer = new Map<string, PreparedTask[]>();
  for (const task of tasks) {
    const key = JSON.stringify([task.engine, task.connection]);
    byServer.set(key, [...(byServer.get(key) ?? []), task]);
  }
  return [...byServer.values()];
}

/** Tasks of one server. */
async function planGroup(workspaceRoot: string, tasks: PreparedTask[], uploads: CodeUploads): Promise<TaskPlan[]> {
  const first = tasks[0];
  if (!first) return [];
  const server = connect(first.engine, first.connection, {
    isFile: (path) => existsSync(resolve(workspaceRoot, path)),
  });
  const wanted = tasks.flatMap((task) => task.wanted);
  try {
    const [planned, present] = await Promise.all([
      server.plan(wanted),
      Promise.all(wanted.map(({ code }) => presence(code, uploads))),
    ]);
    let at = 0;
    return tasks.map((task) => {
      const [from, to] = [at, (at += task.wanted.length)];
      const unknown = present.slice(from, to).find((state) => state instanceof Error);
      if (unknown) return { task: task.task, error: unknown };
      const own = planned.slice(from, to);
      own.forEach((item, index) => item instanceof Error || item.notes.push(...notesOf(task, task.wanted[index])));
      return {
        ...task,
        server,
        uploads,
        planned: own,
        codePresent: present.slice(from, to).map((state) => state === true),
      };
    });
  } catch (error) {
    return tasks.map(({ task }) => ({ task, error }));
  }
}

/** Whether code is where it belongs; the error of a store that can't be asked is its own tasks' alone. */
async function presence(code: PlacedCode | undefined, uploads: CodeUploads): Promise<boolean | Error> {
  return code === undefined || uploads.isPresent(code).catch((error: Error) => error);
}

/** A path of this machine means nothing to workers on another one. */
function notesOf({ connection }: PreparedTask, wanted: Wanted | undefined): string[] {
  const { hostname } = new URL(connection.apiUrl);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (isLocal || wanted?.code === undefined || wanted.code.store.locate(wanted.code.code.digest).kind !== 'local')
    return [];
  return [
    'Warning: without the option "s3Bucket" the code stays in .prefect-code/ of this machine; ' +
      "workers elsewhere can't load it.",
  ];
}

/** What happened to one registration. */
export interface Registered {
  title: string;
  action: 'created' | 'updated' | 'unchanged' | 'failed';
  url?: string;
  error?: unknown;
  fields: string[];
  notes: string[];
}

/** Uploads the code that is not there, then writes the registrations that differ; each one fails for itself. */
export function applyTask(task: PlannedTask): Promise<Registered[]> {
  return Promise.all(
    task.wanted.map((wanted, at) => applyOne(task, wanted, task.planned[at], task.codePresent[at] === true)),
  );
}

async function applyOne(
  { server, uploads }: PlannedTask,
  wanted: Wanted,
  planned: Planned | Error | undefined,
  codePresent: boolean,
): Promise<Registered> {
  const title = titleOf(wanted);
  if (planned === undefined || planned instanceof Error)
    return { title, action: 'failed', error: planned, fields: [], notes: [] };
  const { fields, notes, url } = planned;
  const seen = { title, fields, notes, ...(url === undefined ? {} : { url }) };
  try {
    const stored = wanted.code && !codePresent ? uploads.put(wanted.code) : Promise.resolve();
    if (planned.action === 'unchanged') {
      await stored;
      return codePresent ? { ...seen, action: 'unchanged' } : { ...seen, action: 'updated', fields: ['code'] };
    }
    const page = await server.apply(planned, stored);
    return {
      ...seen,
      ...(page === undefined ? {} : { url: page }),
      action: planned.action === 'create' ? 'created' : 'updated',
    };
  } catch (error) {
    return { ...seen, action: 'failed', error };
  }
}

/** Lines for a terminal. */
export function describe({ title, action, url, fields, notes, error }: Registered): string[] {
  const changed = action === 'updated' && fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const first =
    error === undefined ? `${title}: ${action}${changed}${url ? ` ${url}` : ''}` : `${title}: ${formatError(error)}`;
  return [first, ...notes];
}

/** Appends to the file of the option `report`: one JSON object a line. */
export function report(workspaceRoot: string, { options, flow }: PreparedTask, registered: Registered[]): void {
  if (options.report === undefined) return;
  const lines = registered.map(
    ({ title, action, url }) => `${JSON.stringify({ flow, action, deployment: title, url: url ?? null })}\n`,
  );
  const file = resolve(workspaceRoot, options.report);
  try {
    appendFileSync(file, lines.join(''));
  } catch (cause) {
    throw new FlowError({
      code: 'report',
      flow,
      file: options.report,
      what: `The report can't be written (${(cause as Error).message}); the flow is registered.`,
      next: 'Correct the option "report".',
      cause,
    });
  }
}

/** One store object for each place, so that its content is listed once a run. */
function codeStores(workspaceRoot: string): (place: StorePlace) => CodeStore {
  const stores = new Map<string, CodeStore>();
  return ({ s3Bucket, s3Prefix, awsProfile, awsRegion, s3Endpoint }) => {
    const key = JSON.stringify([s3Bucket, s3Prefix, awsProfile, awsRegion, s3Endpoint]);
    const store =
      stores.get(key) ??
      (s3Bucket === undefined
        ? new LocalCodeStore(workspaceRoot)
        : new S3CodeStore({
            bucket: s3Bucket,
            prefix: s3Prefix,
            profile: awsProfile,
            region: awsRegion,
            endpoint: s3Endpoint,
          }));
    stores.set(key, store);
    return store;
  };
}
