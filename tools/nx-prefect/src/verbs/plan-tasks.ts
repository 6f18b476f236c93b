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
import { Clashes } from './clashes';
import { CommitOrder } from './commit-order';
import { type FoundBuild, findBuilds } from './find-builds';
import { projectOf } from './outcome';
import {
  type OptionsSchema,
  type PreparedTask,
  type RunContext,
  type SettledTask,
  prepareTask,
  settleTask,
} from './prepare';

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

/**
 * A server of this run, as flows find it.
 *
 * @param inRun flow files that are registered in this run as well: what the server holds of them may move
 */
export function connectTo(
  workspaceRoot: string,
  { engine, connection }: Pick<PreparedTask, 'engine' | 'connection'>,
  inRun: ReadonlySet<string> = new Set(),
): PrefectServer {
  const isFile = (path: string) => !inRun.has(path) && existsSync(resolve(workspaceRoot, path));
  return engine.connect(connection, { isFile, say: sayAside });
}

export interface PlanOptions {
  /** Of the verb's options. */
  schema: OptionsSchema;
  /** Whether flows that nobody has built are built. */
  mayBuild: boolean;
}

interface Part {
  /** Never rejects. */
  plans: Promise<TaskPlan[]>;
}

/**
 * Settles all tasks of a run: options, builds, then one bulk read for each server and one for each code store.
 *
 * @yields one part: two flows of one identity show only when all are built, and then neither may be written
 */
export async function* planTasks(
  tasks: Task[],
  options: Record<string, unknown>,
  context: ExecutorContext,
  { schema, mayBuild }: PlanOptions,
): AsyncGenerator<Part> {
  const [files, images, commit] = await Promise.all([
    projectFiles(context.root, context.projectGraph),
    findImages(tasks, options, context, sayAside),
    headCommit(context.root),
  ]);
  const storeFor = storeOpener(context.root, sayAside, new ProjectImages(context, sayAside));
  const around = { context, files, images, schema, env: { ...process.env }, commit, storeFor };
  yield* inStagingRoot(context.root, async function* (stagingRoot) {
    const projects = tasks.map(({ target }) => target.project);
    const run = new Run({ ...around, stagingRoot }, notesOfGraph(context.projectGraph, projects));
    const settled = run.settle(tasks, options);
    const part: FoundBuild[] = [];
    for await (const build of findBuilds(context, settled, files, { mayBuild, say: sayAside })) part.push(build);
    yield { plans: run.plan(part) };
  });
}

/** All plans of a run, when the last is there. */
export async function allPlans(parts: AsyncIterable<Part>): Promise<TaskPlan[]> {
  const all: Promise<TaskPlan[]>[] = [];
  for await (const { plans } of parts) all.push(plans);
  return (await Promise.all(all)).flat();
}

/** What the parts of a run share. */
class Run {
  readonly #context: RunContext;
  readonly #failed: TaskPlan[] = [];
  readonly #clashes = new Clashes();
  readonly #uploads = new CodeUploads();
  readonly #servers = new Map<string, PrefectServer>();
  readonly #order: CommitOrder;
  /** Flow files of the run, but for those that failed so far. */
  readonly #inRun = new Set<string>();

  /** @param noted what the graph says of a project */
  constructor(
    context: RunContext,
    private readonly noted: (project: string) => readonly string[],
  ) {
    this.#context = context;
    this.#order = new CommitOrder(context.context.root, context.commit);
  }

  /** Those that can't be settled are in the next plan. */
  settle(tasks: readonly Task[], options: Record<string, unknown>): SettledTask[] {
    return tasks.flatMap((task) => {
      try {
        const settled = settleTask(task, options[task.id], this.#context);
        this.#inRun.add(settled.flow.flowFile);
        return [settled];
      } catch (error) {
        this.#failed.push({ task: task.id, error, printed: [] });
        return [];
      }
    });
  }

  /** Never rejects: what fails is an error of its tasks. */
  async plan(builds: readonly FoundBuild[]): Promise<TaskPlan[]> {
    const failed = this.#failed.splice(0);
    const prepared: Prepared[] = [];
    for (const build of builds) {
      const { task, printed } = build;
      try {
        if ('error' in build) throw build.error;
        prepared.push({ ...prepareTask(task, build.manifest, this.#context), build, printed });
      } catch (error) {
        this.#inRun.delete(task.flow.flowFile);
        failed.push({ task: task.task.id, error, printed });
      }
    }
    const clashing = this.#clashes.among(prepared);
    for (const { task, printed } of prepared)
      if (clashing.has(task)) failed.push({ task, error: clashing.get(task), printed });
    const rest = prepared.filter(({ task }) => !clashing.has(task));
    const plans = await Promise.all([...grouped(rest, serverKey).values()].map((group) => this.#planGroup(group)));
    return [...failed, ...plans.flat()];
  }

  /** Tasks of one server. */
  async #planGroup(tasks: Prepared[]): Promise<TaskPlan[]> {
    const wanted = tasks.flatMap((task) => task.wanted);
    try {
      const server = this.#serverOf(tasks[0]!);
      const [planned, present] = await Promise.all([
        server.plan(wanted),
        Promise.all(wanted.map(({ code }) => presence(code, this.#uploads))),
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
        said?.notes.push(...buildNotes(task.build), ...this.noted(projectOf(task.task)));
        return {
          ...task,
          server,
          uploads: this.#uploads,
          planned: own,
          codePresent: present.slice(from, to).map((state) => state === true),
        };
      });
      return await Promise.all(
        plans.map(async (plan) =>
          'error' in plan ? plan : { ...plan, planned: await this.#order.checked(plan.planned, plan) },
        ),
      );
    } catch (error) {
      return tasks.map(({ task, printed }) => ({ task, error, printed }));
    }
  }

  #serverOf(task: Prepared): PrefectServer {
    const key = serverKey(task);
    const server = this.#servers.get(key) ?? connectTo(this.#context.context.root, task, this.#inRun);
    this.#servers.set(key, server);
    return server;
  }
}

type Prepared = PreparedTask & Pick<PlannedTask, 'build' | 'printed'>;

function serverKey({ engine, connection }: PreparedTask): string {
  return JSON.stringify([engine.name, connection]);
}

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
