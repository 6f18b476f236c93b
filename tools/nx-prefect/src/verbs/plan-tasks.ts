import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { grouped } from '../core/grouped';
import type { Connection } from '../engines/connection';
import type { Planned, PrefectServer, Wanted } from '../engines/engine';
import { notesOfGraph } from '../graph/graph-notes';
import { findImages } from '../images/image-of-project';
import type { PlacedCode } from '../stores/code-store';
import type { ServerFound } from '../report/result';
import { sayAside } from '../report/terminal';
import { CodeUploads } from '../stores/code-uploads';
import { storeOpener } from '../stores/stores';
import { headCommit } from '../workspace/git-head';
import { projectFiles } from '../workspace/nx-files';
import { clashes } from './clashes';
import { CommitOrder } from './commit-order';
import { projectOf } from './outcome';
import { isOutdated, rebuilt } from './overtaken';
import { type OptionsSchema, builtFlows, type PreparedTask, prepareTask } from './prepare';

/** A task after the bulk read: what registering it would do. */
export interface PlannedTask extends PreparedTask {
  server: PrefectServer;
  uploads: CodeUploads;
  planned: (Planned | Error)[];
  /** Whether the code of each registration is where workers load it from. */
  codePresent: boolean[];
}

/** Where a task's flow is registered, for the report. */
export function serverOf({ connection: { apiUrl, source } }: { connection: Connection }): ServerFound {
  return { apiUrl, source };
}

export type TaskPlan = PlannedTask | { task: string; error: unknown };

/** A server of this run, as flows find it. */
export function connectTo(
  workspaceRoot: string,
  { engine, connection }: Pick<PreparedTask, 'engine' | 'connection'>,
): PrefectServer {
  return engine.connect(connection, { isFile: (path) => existsSync(resolve(workspaceRoot, path)), say: sayAside });
}

/**
 * Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store.
 *
 * @param schema of the verb's options
 */
export async function planTasks(
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
  schema: OptionsSchema,
): Promise<TaskPlan[]> {
  const failed: TaskPlan[] = [];
  const prepared: PreparedTask[] = [];
  const [files, images, commit] = await Promise.all([
    projectFiles(context.root, context.projectGraph),
    findImages(tasks, options, context, sayAside),
    headCommit(context.root),
  ]);
  const built = builtFlows(context);
  const storeFor = storeOpener(context.root, sayAside);
  const env = { ...process.env };
  const prepareContext = { context, files, images, built, schema, env, commit, storeFor };
  const prepare = (task: Task) => {
    prepared.push(prepareTask(task, options[task.id], prepareContext));
  };
  const overtaken: Task[] = [];
  for (const task of tasks) {
    try {
      prepare(task);
    } catch (error) {
      if (isOutdated(error) && built.has(task.target.project)) overtaken.push(task);
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
  const byServer = grouped(rest, ({ engine, connection }) => JSON.stringify([engine.name, connection]));
  const order = new CommitOrder(context.root, commit);
  const groups = await Promise.all(
    [...byServer.values()].map((group) => planGroup(group, { order, uploads, root: context.root })),
  );
  const plans = groups.flat();
  const noted = notesOfGraph(
    context.projectGraph,
    tasks.map(({ target }) => target.project),
  );
  for (const plan of plans) if ('planned' in plan) firstOf(plan)?.notes.push(...noted(projectOf(plan.task)));
  return [...failed, ...plans];
}

/** What the groups of a run share. */
interface Run {
  root: string;
  order: CommitOrder;
  uploads: CodeUploads;
}

/** Tasks of one server. */
async function planGroup(tasks: PreparedTask[], { root, order, uploads }: Run): Promise<TaskPlan[]> {
  const first = tasks[0];
  if (!first) return [];
  const wanted = tasks.flatMap((task) => task.wanted);
  try {
    const server = connectTo(root, first);
    const [planned, present] = await Promise.all([
      server.plan(wanted),
      Promise.all(wanted.map(({ code }) => presence(code, uploads))),
    ]);
    let at = 0;
    const plans = tasks.map((task): TaskPlan => {
      const [from, to] = [at, (at += task.wanted.length)];
      const unknown = present.slice(from, to).find((state) => state instanceof Error);
      if (unknown) return { task: task.task, error: unknown };
      const own = planned.slice(from, to);
      own.forEach((item, index) => item instanceof Error || item.notes.push(...notesOf(task, task.wanted[index])));
      const plan = {
        ...task,
        server,
        uploads,
        planned: own,
        codePresent: present.slice(from, to).map((state) => state === true),
      };
      firstOf(plan)?.notes.push(...task.unregistered.map((sentence) => `Warning: ${sentence}`));
      return plan;
    });
    return await Promise.all(
      plans.map(async (plan) =>
        'error' in plan ? plan : { ...plan, planned: await order.checked(plan.planned, plan) },
      ),
    );
  } catch (error) {
    return tasks.map(({ task }) => ({ task, error }));
  }
}

/** The registration that says what is to say of the whole flow. */
function firstOf({ planned }: Pick<PlannedTask, 'planned'>): Planned | undefined {
  return planned.find((item): item is Planned => !(item instanceof Error));
}

/** Whether code is where it belongs; the error of a store that can't be asked is its own tasks' alone. */
async function presence(code: PlacedCode | undefined, uploads: CodeUploads): Promise<boolean | Error> {
  return code === undefined || uploads.isPresent(code).catch((error: Error) => error);
}

/** A path of this machine means nothing to workers on another one. */
function notesOf({ connection }: PreparedTask, wanted: Wanted | undefined): string[] {
  const { hostname } = new URL(connection.apiUrl);
  const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (isLocal || !wanted?.code?.store.isLocal) return [];
  return [
    'Warning: without the option "s3Bucket" the code stays in .prefect-code/ of this machine; ' +
      "workers elsewhere can't load it.",
  ];
}
