import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { inStagingRoot } from '../build/staging-root';
import { grouped } from '../core/grouped';
import type { Connection } from '../engines/connection';
import type { Planned, PrefectServer, Wanted } from '../engines/engine';
import { notesOfGraph } from '../graph/graph-notes';
import { findImages } from '../images/image-of-project';
import { ProjectImages } from '../images/project-images';
import type { ServerFound } from '../report/result';
import { sayAside } from '../report/terminal';
import type { PlacedCode } from '../stores/code-store';
import { CodeUploads } from '../stores/code-uploads';
import { storeOpener } from '../stores/stores';
import { headCommit } from '../workspace/git-head';
import { projectFiles } from '../workspace/nx-files';
import { clashes } from './clashes';
import { CommitOrder } from './commit-order';
import { type FoundBuild, findBuilds } from './find-builds';
import { projectOf } from './outcome';
import { type OptionsSchema, type PreparedTask, type SettledTask, prepareTask, settleTask } from './prepare';

/** A task after the bulk read: what registering it would do. */
export interface PlannedTask extends PreparedTask {
  server: PrefectServer;
  uploads: CodeUploads;
  planned: (Planned | Error)[];
  /** Whether the code of each registration is where workers load it from. */
  codePresent: boolean[];
  build: BuildOfTask;
  /** What the flow printed while it was built. */
  printed: string[];
}

type BuildOfTask = Extract<FoundBuild, { manifest: unknown }>;

/** Where a task's flow is registered, for the report. */
export function serverOf({ connection: { apiUrl, source } }: { connection: Connection }): ServerFound {
  return { apiUrl, source };
}

export type TaskPlan = PlannedTask | { task: string; error: unknown; printed: string[] };

/** A server of this run, as flows find it. */
export function connectTo(
  workspaceRoot: string,
  { engine, connection }: Pick<PreparedTask, 'engine' | 'connection'>,
): PrefectServer {
  return engine.connect(connection, { isFile: (path) => existsSync(resolve(workspaceRoot, path)), say: sayAside });
}

export interface PlanOptions {
  /** Of the verb's options. */
  schema: OptionsSchema;
  /** Whether flows that nobody has built are built. */
  mayBuild: boolean;
}

/** Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store. */
export async function planTasks(
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
  { schema, mayBuild }: PlanOptions,
): Promise<TaskPlan[]> {
  const [files, images, commit] = await Promise.all([
    projectFiles(context.root, context.projectGraph),
    findImages(tasks, options, context, sayAside),
    headCommit(context.root),
  ]);
  const storeFor = storeOpener(context.root, sayAside, new ProjectImages(context, sayAside));
  const around = { context, files, images, schema, env: { ...process.env }, commit, storeFor };
  const failed: TaskPlan[] = [];
  const settled: SettledTask[] = [];
  const prepared: Prepared[] = [];
  const found = inStagingRoot(context.root, (stagingRoot) => {
    for (const task of tasks) {
      try {
        settled.push(settleTask(task, options[task.id], { ...around, stagingRoot }));
      } catch (error) {
        failed.push({ task: task.id, error, printed: [] });
      }
    }
    return findBuilds(context, settled, files, { mayBuild, say: sayAside });
  });
  for await (const build of found) {
    const { task, printed } = build;
    try {
      if ('error' in build) throw build.error;
      prepared.push({ ...prepareTask(task, build.manifest, around), build, printed });
    } catch (error) {
      failed.push({ task: task.task.id, error, printed });
    }
  }
  const clashing = clashes(prepared);
  for (const { task, printed } of prepared)
    if (clashing.has(task)) failed.push({ task, error: clashing.get(task), printed });
  const rest = prepared.filter(({ task }) => !clashing.has(task));
  const run: Run = {
    workspaceRoot: context.root,
    uploads: new CodeUploads(),
    order: new CommitOrder(context.root, commit),
    noted: notesOfGraph(
      context.projectGraph,
      tasks.map(({ target }) => target.project),
    ),
  };
  const byServer = grouped(rest, ({ engine, connection }) => JSON.stringify([engine.name, connection]));
  const plans = await Promise.all([...byServer.values()].map((group) => planGroup(run, group)));
  return [...failed, ...plans.flat()];
}

/** What the tasks of a run share. */
interface Run {
  workspaceRoot: string;
  uploads: CodeUploads;
  order: CommitOrder;
  /** What the graph says of a project. */
  noted(project: string): readonly string[];
}

/** Tasks of one server. */
async function planGroup({ workspaceRoot, uploads, order, noted }: Run, tasks: Prepared[]): Promise<TaskPlan[]> {
  const wanted = tasks.flatMap((task) => task.wanted);
  try {
    const server = connectTo(workspaceRoot, tasks[0]!);
    const [planned, present] = await Promise.all([
      server.plan(wanted),
      Promise.all(wanted.map(({ code }) => presence(code, uploads))),
    ]);
    let at = 0;
    const plans = tasks.map((task): TaskPlan => {
      const [from, to] = [at, (at += task.wanted.length)];
      const { printed } = task;
      const unknown = present.slice(from, to).find((state) => state instanceof Error);
      if (unknown) return { task: task.task, error: unknown, printed };
      const own = planned.slice(from, to);
      own.forEach((item, index) => item instanceof Error || item.notes.push(...notesOf(task, task.wanted[index])));
      const said = own.find((item): item is Planned => !(item instanceof Error));
      said?.notes.push(...buildNotes(task.build), ...noted(projectOf(task.task)));
      return {
        ...task,
        server,
        uploads,
        planned: own,
        codePresent: present.slice(from, to).map((state) => state === true),
      };
    });
    return await Promise.all(
      plans.map(async (plan) =>
        'error' in plan ? plan : { ...plan, planned: await order.checked(plan.planned, plan) },
      ),
    );
  } catch (error) {
    return tasks.map(({ task, printed }) => ({ task, error, printed }));
  }
}

type Prepared = PreparedTask & Pick<PlannedTask, 'build' | 'printed'>;

/** Whether code is where it belongs; the error of a store that can't be asked is its own tasks' alone. */
async function presence(code: PlacedCode | undefined, uploads: CodeUploads): Promise<boolean | Error> {
  return code === undefined || uploads.isPresent(code).catch((error: Error) => error);
}

/** What a build warned of; and why it is built again on each machine, where machines share a store. */
function buildNotes({ warnings, isNew, unshared, task: { builds } }: BuildOfTask): string[] {
  const notes = warnings.map((sentence) => `Warning: ${sentence}`);
  if (!isNew || unshared === undefined || !builds || builds.isLocal) return notes;
  return [...notes, `Each machine builds this flow for itself: ${unshared}.`];
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
