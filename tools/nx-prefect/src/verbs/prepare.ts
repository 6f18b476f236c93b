import { join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { flowToBuild } from '../build/flow-to-build';
import type { Connection } from '../engines/connection';
import type { Engine, WantContext, Wanted } from '../engines/engine';
import { engineNamed } from '../engines/engines';
import type { Manifest } from '../engines/manifest';
import type { FlowToBuild } from '../engines/staged-flow';
import { type ImagesOfProjects, withImage } from '../images/image-of-project';
import { parseOptions } from '../options/parse-options';
import type { GivenOptions, RegisterOptions } from '../options/register-options';
import { refuseTaskEnvFiles } from '../options/task-env-files';
import { typedOptions } from '../options/typed-options';
import type { KeptBuilds } from '../stores/code-store';
import { placeOf } from '../stores/stores';
import { folderOf, namesOf, outputFolder } from '../workspace/flow-places';
import { refuseOddFolder } from '../workspace/folder-names';
import { findEnvironment } from '../workspace/python-environment';
import { rootPackageName } from '../workspace/workspace-id';

/** A task of `register` or `plan` with everything settled that needs no build. */
export interface SettledTask {
  task: Task;
  options: RegisterOptions;
  /** Names of the flow and of its project, as placeholders stand for them. */
  names: ReturnType<typeof namesOf>;
  flow: FlowToBuild;
  /** Where builds are kept beside the code. */
  builds?: KeptBuilds;
}

/** A task with everything settled that needs no server. */
export interface PreparedTask {
  task: string;
  flow: string;
  options: RegisterOptions;
  engine: Engine;
  connection: Connection;
  workspaceId: string;
  wanted: Wanted[];
  /** Workspace paths of the files that ship. */
  ships: string[];
}

/** What a verb takes: at least what says what to register. */
export type OptionsSchema = Parameters<typeof parseOptions<GivenOptions>>[0];

export interface RunContext {
  context: ExecutorContext;
  /** Nx's own file lists, by project. */
  files: Record<string, string[]>;
  /** Absolute; where builds lie until they are whole. */
  stagingRoot: string;
  images: ImagesOfProjects;
  schema: OptionsSchema;
  /** A copy of this run's own: what is read by it once is remembered for as long. */
  env: NodeJS.ProcessEnv;
  /** Of the checkout; empty outside of a git repository. */
  commit: string;
  /** One store for each place, shared by the tasks of the run. */
  storeFor: WantContext['storeFor'];
}

/** @throws FlowError for a bad option, an ignored env file, files that can't ship */
export function settleTask({ id, target, ...task }: Task, given: unknown, run: RunContext): SettledTask {
  const { context, files, stagingRoot, images, schema, env, storeFor } = run;
  const flow = target.project;
  const node = context.projectGraph.nodes[flow]?.data ?? { root: '' };
  const names = namesOf(node);
  refuseOddFolder(node.root, flow);
  const options = named(withImage(parseOptions(schema, id, given), images), names);
  refuseTaskEnvFiles(context.root, { flow, folder: node.root, target, names: /^(PREFECT|AWS)_/ }, env);
  const { configuration } = target;
  const build = {
    id: `${flow}:build`,
    target: { project: flow, target: 'build', ...(configuration === undefined ? {} : { configuration }) },
    options: buildOptionsOf(context, flow, configuration),
  };
  const { builds } = storeFor(placeOf(flow, options));
  return {
    task: { id, target, ...task },
    options,
    names,
    flow: flowToBuild(context, build, { files, stagingRoot }),
    ...(builds && { builds }),
  };
}

/** What a build should become. @throws FlowError where nothing names a server, or settings do not fit */
export function prepareTask(
  { task: { id, overrides }, options, names, flow: { flow, folder, files, options: buildOptions } }: SettledTask,
  manifest: Manifest,
  { context: { root }, env, commit, storeFor }: Pick<RunContext, 'context' | 'env' | 'commit' | 'storeFor'>,
): PreparedTask {
  const wantContext: WantContext = {
    workspaceRoot: root,
    flow,
    project: names.project,
    output: join(root, outputFolder(folder)),
    shipped: files,
    options,
    typed: typedOptions(options, overrides as Record<string, unknown> | undefined),
    workspaceId: options.workspaceId ?? rootPackageName(root),
    commit,
    env,
    storeFor,
    interpreter: () =>
      findEnvironment({ workspaceRoot: root, projectRoot: folderOf(folder), python: buildOptions.python }).python,
  };
  // Read only where the engine is known.
  const engine = engineNamed(manifest.engine)!;
  const connection = engine.connection(wantContext);
  const wanted = engine.wanted(manifest, wantContext);
  const { workspaceId } = wantContext;
  const ships = files.map(({ from }) => from);
  return { task: id, flow, options, engine, connection, workspaceId, wanted, ships };
}

/** The placeholders of `deploymentName` are the names of the flow's two folders. */
function named(options: RegisterOptions, { project, flow }: ReturnType<typeof namesOf>): RegisterOptions {
  const deploymentName = options.deploymentName.replace(/\{(project|flow)\}/g, (_, name) =>
    name === 'project' ? project : flow,
  );
  return { ...options, deploymentName };
}

/**
 * Options of a flow's `build` under a configuration, as Nx gives them when it runs for `register -c <configuration>`.
 */
export function buildOptionsOf(
  { projectGraph }: ExecutorContext,
  flow: string,
  configuration: string | undefined,
): object {
  const target = projectGraph.nodes[flow]?.data.targets?.['build'];
  return { ...target?.options, ...(configuration === undefined ? {} : target?.configurations?.[configuration]) };
}
