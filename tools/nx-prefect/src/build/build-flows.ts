import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { FlowError } from '../errors';
import { parseOptions } from '../executors/batch';
import { type BuildOptions, schema } from '../executors/flow/build-options';
import { projectFiles } from '../graph/file-map';
import { isAlive } from '../process';
import { findEnvironment } from '../python/environment';
import type { Engine, LoadRequest } from '../python/protocol';
import { type LoadOutcome, loadFlows } from '../python/worker';
import { refuseTaskEnvFiles } from '../task-env';
import {
  type Built,
  type FlowToBuild,
  type StagedFlow,
  changedByLoad,
  discardOutput,
  finish,
  loadRequest,
  prepareRequest,
  stage,
} from './build';
import { shippedFiles } from './shipment';
import { type Around, around, explainUnshipped, unshippedImports } from './unshipped';

/** A task of `build` with its options as Nx gives them. */
export interface BuildTask extends Pick<Task, 'id' | 'target'> {
  options: unknown;
}

export interface BuildOutcome {
  task: string;
  /** For the terminal: what the flow printed, warnings, what was built. */
  lines: string[];
  /** Absent = built. */
  error?: unknown;
}

/**
 * Builds flows: copy what ships, load it once with the flow's own Python, write the manifest. One outcome a task, as
 * they end.
 */
export async function* buildFlows(context: ExecutorContext, tasks: BuildTask[]): AsyncGenerator<BuildOutcome> {
  const stagingRoot = newStagingRoot(context.root);
  try {
    const waiting: Waiting[] = [];
    const files = await projectFiles(context.root, context.projectGraph);
    const workspace = around(context.root, context.projectGraph, files);
    for (const { id, target, options } of tasks) {
      try {
        const flow = flowToBuild(context, target.project, {
          files,
          stagingRoot,
          options: parseOptions(schema, id, options),
        });
        discardOutput(context.root, flow.folder);
        refuseTaskEnvFiles(
          context.root,
          { flow: id, folder: flow.folder, target, names: onlyNames(flow.options.buildEnv) },
          process.env,
        );
        waiting.push({ task: id, flow });
      } catch (error) {
        yield { task: id, lines: [], error };
      }
    }
    for (const { python, timeLimit, tasks: group } of byInterpreter(context.root, waiting)) {
      const left = new Map(group.map(({ task, flow }) => [task, flow]));
      const staged = new Map<string, StagedFlow>();
      try {
        if (python instanceof FlowError) throw python;
        const requests = group.map(({ task, flow }) => loadRequest(task, flow));
        const prepare = (request: LoadRequest, engine: Engine) => {
          const flow = staged.get(request.id) ?? stage(context.root, known(left, request.id));
          staged.set(request.id, flow);
          return prepareRequest(request, engine, flow);
        };
        for await (const outcome of loadFlows(python, requests, { timeLimit, prepare })) {
          left.delete(outcome.id);
          yield end(workspace, outcome, staged);
        }
      } catch (error) {
        // No flow of this interpreter can be loaded, or the rest of them.
        for (const task of left.keys()) yield { task, lines: [], error };
      }
    }
  } finally {
    rmSync(stagingRoot, { recursive: true, force: true });
  }
}

function flowToBuild(
  context: ExecutorContext,
  project: string,
  { files, stagingRoot, options }: { files: Record<string, string[]>; stagingRoot: string; options: BuildOptions },
): FlowToBuild {
  const folder = context.projectGraph.nodes[project]?.data.root ?? '';
  return {
    flow: project,
    folder,
    options,
    files: shippedFiles(project, context.projectGraph, files),
    prefectYaml: [`${folder}/prefect.yaml`, 'prefect.yaml'].filter((file) => existsSync(join(context.root, file))),
    // No copy may lie in another one: each is moved while it is loaded.
    code: join(stagingRoot, 'code', encodeURIComponent(project), 'code'),
    staging: join(stagingRoot, 'output', folder),
  };
}

interface Waiting {
  task: string;
  flow: FlowToBuild;
}

function known<T>(flows: ReadonlyMap<string, T>, id: string): T {
  const flow = flows.get(id);
  if (!flow) throw new Error(`The worker speaks of ${id}, which it was not asked for.`);
  return flow;
}

/** @param staged by task; one that could not be staged is not there */
function end(workspace: Around, outcome: LoadOutcome, staged: ReadonlyMap<string, StagedFlow>): BuildOutcome {
  const { id: task } = outcome;
  if ('error' in outcome) {
    const traceback = process.env['NX_VERBOSE_LOGGING'] === 'true' ? outcome.fullTraceback : '';
    const flow = staged.get(task);
    const error =
      flow && outcome.error instanceof FlowError
        ? (causeOf(outcome.error, flow) ?? explainUnshipped(outcome.error, outcome.fullTraceback, flow, workspace))
        : outcome.error;
    return { task, lines: [...printed(outcome.output), ...printed(traceback)], error };
  }
  const before = printed(outcome.output);
  try {
    const flow = known(staged, task);
    const { manifest, warnings } = finish(workspace.workspaceRoot, flow, outcome.loaded);
    return {
      task,
      lines: [...before, ...summary(flow, { manifest, warnings: [...warnings, ...unshippedImports(flow, workspace)] })],
    };
  } catch (error) {
    return { task, lines: before, error };
  }
}

/** A flow that edits its own files is another one when it is loaded again. */
function causeOf(error: FlowError, flow: StagedFlow): FlowError | undefined {
  return error.code === 'not-deterministic' ? changedByLoad(flow) : undefined;
}

interface Group {
  python: string | FlowError;
  timeLimit: number;
  tasks: Waiting[];
}

/** What Nx's env files of a task may not set, since a batch would not see it. */
function onlyNames(names: string[]): RegExp {
  return new RegExp(`^(${names.map((name) => name.replace(/\W/g, '')).join('|') || '(?!)'})$`);
}

/** Groups flows by the interpreter that loads them: a worker process each. */
function byInterpreter(workspaceRoot: string, tasks: Waiting[]): Group[] {
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
    return findEnvironment({ workspaceRoot, projectRoot: folder, python }).python;
  } catch (error) {
    if (error instanceof FlowError) return error;
    throw error;
  }
}

function summary(flow: StagedFlow, { manifest, warnings }: Built): string[] {
  const names = manifest.registrations.map((one) =>
    'fields' in one && one.fields.name ? `${one.flowName}/${one.fields.name}` : one.flowName,
  );
  const digest = manifest.engine === 'prefect1' ? manifest.script.digest : manifest.code.digest;
  return [
    ...warnings.map((warning) => `Warning: ${warning}`),
    `Built ${names.join(', ')}: ${Object.keys(flow.codeFiles).length} files, code ${digest.slice(0, 12)}`,
  ];
}

function printed(output: string): string[] {
  return output.trim() ? [output.trimEnd()] : [];
}

const STAGING = /^\.building-(\d+)$/;

/**
 * A folder of this process beside the outputs: a finished build moves into place by a rename, a killed one leaves no
 * half behind.
 */
function newStagingRoot(workspaceRoot: string): string {
  const dist = join(workspaceRoot, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const entry of readdirSync(dist)) {
    const pid = STAGING.exec(entry)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(dist, entry), { recursive: true, force: true });
  }
  return join(dist, `.building-${process.pid}`);
}
