import type { ExecutorContext } from '@nx/devkit';
import { FlowError } from '../core/errors';
import type { Engine } from '../engines/engine';
import { engineNamed } from '../engines/engines';
import type { Loaded } from '../engines/loaded';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';
import { folderOf } from '../workspace/flow-places';
import { findEnvironment } from '../workspace/python-environment';
import { loadRequest } from './flow-to-build';
import { discardBuild, writeBuild } from './manifest-file';
import { explainMissingPrefect } from './missing-prefect';
import { type Built, manifestOf } from './manifest-of';
import { boundBecause } from './kept-builds';
import type { Sources } from './sources';
import { changedByLoad, stage } from './stage';
import { type Around, around, explainUnshipped, unshippedImports } from './unshipped';
import { type LoadOutcome, loadFlows } from './worker/load-flows';

export interface BuildOutcome {
  task: string;
  /** What the flow printed while it was loaded. */
  output: string;
  /** The whole Python traceback of a load that failed; empty when there is none. */
  fullTraceback: string;
  /** Absent where there is an error. */
  built?: BuiltFlow;
  error?: unknown;
}

/** What a build came to; `files` counts what ships. */
export interface BuiltFlow extends Built {
  engine: Engine;
  files: number;
  /** Why it is this machine's alone. */
  bound?: string;
  /** Why no other machine may take a build of its source: {@link Source.unsure}. */
  unsure?: string;
}

/**
 * Builds flows: copy what ships, load it twice with the flow's own Python, write the manifest. One outcome a task.
 *
 * @param files each project's files, as `projectFiles` returns them
 * @param sources of the run
 */
export async function* buildFlows(
  context: ExecutorContext,
  flows: readonly Waiting[],
  files: Record<string, string[]>,
  sources: Sources,
): AsyncGenerator<BuildOutcome> {
  for (const { flow } of flows) discardBuild(context.root, flow.folder);
  const workspace = around(context.root, context.projectGraph, files);
  const run: Run = { ...workspace, sources };
  for (const group of byInterpreter(context.root, flows)) yield* buildGroup(run, group);
}

interface Run extends Around {
  sources: Sources;
}

interface Waiting {
  /** Says which outcome is whose. */
  task: string;
  flow: FlowToBuild;
}

/** Flows that one worker loads. */
interface Group {
  python: string | FlowError;
  timeLimit: number;
  tasks: Waiting[];
}

async function* buildGroup(workspace: Run, { python, timeLimit, tasks }: Group): AsyncGenerator<BuildOutcome> {
  const left = new Map(tasks.map(({ task, flow }) => [task, flow]));
  const staged = new Map<string, StagedFlow>();
  try {
    if (python instanceof FlowError) throw python;
    const requests = tasks.map(({ task, flow }) => loadRequest(task, flow));
    const prepare = (request: (typeof requests)[number], engine: string) => {
      const flow = stage(workspace, known(left, request.id));
      staged.set(request.id, flow);
      return { ...request, ...engineOf(engine).prepareLoad(workspace.workspaceRoot, flow) };
    };
    for await (const outcome of loadFlows(python, requests, { timeLimit, prepare })) {
      left.delete(outcome.id);
      yield await outcomeOf(workspace, outcome, staged);
    }
  } catch (error) {
    // No flow of this interpreter can be loaded, or the rest of them.
    for (const [task, flow] of left) yield failure(task, explainMissingPrefect(error, workspace.workspaceRoot, flow));
  }
}

/** @param staged by task; one that could not be staged is not there */
async function outcomeOf(
  workspace: Run,
  outcome: LoadOutcome,
  staged: ReadonlyMap<string, StagedFlow>,
): Promise<BuildOutcome> {
  const { id: task } = outcome;
  const flow = staged.get(task);
  if ('error' in outcome) {
    const { error, output, fullTraceback } = outcome;
    if (!flow || !(error instanceof FlowError)) return { task, output, fullTraceback, error };
    const plain = causeOf(error, flow) ?? explainUnshipped(error, fullTraceback, flow, workspace);
    return { task, output, fullTraceback, error: plain };
  }
  const { output } = outcome;
  try {
    return { task, output, fullTraceback: '', built: await finish(workspace, known(staged, task), outcome.loaded) };
  } catch (error) {
    return { ...failure(task, error), output };
  }
}

/** A flow that edits its own files is another one when it is loaded again. */
function causeOf(error: FlowError, flow: StagedFlow): FlowError | undefined {
  return error.code === 'not-deterministic' ? changedByLoad(flow) : undefined;
}

/** Decides what is registered, writes the manifest, and puts the build in its place. */
async function finish(workspace: Run, flow: StagedFlow, loaded: Loaded): Promise<BuiltFlow> {
  const changed = changedByLoad(flow);
  if (changed) throw changed;
  const engine = engineOf(loaded.engine);
  const { digest, unsure } = workspace.sources.digestOf(flow, flow);
  const { manifest, warnings } = await manifestOf(engine, flow, loaded, digest);
  writeBuild(workspace.workspaceRoot, flow.folder, flow.staging, manifest);
  const unshipped = unshippedImports(flow, workspace);
  const files = Object.keys(flow.codeFiles).length;
  const bound = boundBecause(manifest, loaded.opened);
  const all = [...warnings, ...unshipped];
  return { engine, manifest, warnings: all, files, ...(bound && { bound }), ...(unsure && { unsure }) };
}

function failure(task: string, error: unknown): BuildOutcome {
  return { task, output: '', fullTraceback: '', error };
}

function engineOf(name: string): Engine {
  const engine = engineNamed(name);
  if (!engine) throw new Error(`The worker speaks of the engine ${name}, which is not known here.`);
  return engine;
}

function known<T>(flows: ReadonlyMap<string, T>, id: string): T {
  const flow = flows.get(id);
  if (!flow) throw new Error(`The worker speaks of ${id}, which it was not asked for.`);
  return flow;
}

/** Groups flows by the interpreter that loads them: a worker process each. */
function byInterpreter(workspaceRoot: string, tasks: readonly Waiting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    const python = interpreter(workspaceRoot, task.flow);
    const { timeLimit } = task.flow.options;
    const key = JSON.stringify([String(python), timeLimit]);
    const group = groups.get(key) ?? { python, timeLimit, tasks: [] };
    group.tasks.push(task);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function interpreter(workspaceRoot: string, { folder, options: { python } }: FlowToBuild): string | FlowError {
  try {
    return findEnvironment({ workspaceRoot, projectRoot: folderOf(folder), python }).python;
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}
