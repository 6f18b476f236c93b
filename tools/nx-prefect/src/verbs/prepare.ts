import { join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { readManifest } from '../build/manifest-file';
import { shippedFiles } from '../workspace/shipment';
import { FlowError } from '../core/errors';
import { schema as buildSchema } from '../options/build-options';
import { parseOptions } from '../options/parse-options';
import type { GivenOptions, RegisterOptions } from '../options/register-options';
import { typedOptions } from '../options/typed-options';
import type { Connection } from '../engines/connection';
import type { Engine, WantContext, Wanted } from '../engines/engine';
import { engineNamed } from '../engines/engines';
import { folderOf, namesOf, outputFolder } from '../workspace/flow-places';
import { prefectYamlFiles } from '../workspace/prefect-yaml-files';
import { refuseOddFolder } from '../workspace/folder-names';
import { findEnvironment } from '../workspace/python-environment';
import { rootPackageName } from '../workspace/workspace-id';
import { requireFresh } from './freshness';
import { type ImagesOfProjects, withImage } from '../images/image-of-project';
import { refuseTaskEnvFiles } from '../options/task-env-files';

/** A task of `register` or `plan` with everything settled that needs no server. */
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
  /** What source declares and nothing registers: a sentence for each. */
  unregistered: string[];
}

/** What a verb takes: at least what says what to register. */
export type OptionsSchema = Parameters<typeof parseOptions<GivenOptions>>[0];

export interface PrepareContext {
  context: ExecutorContext;
  /** Nx's own file lists, by project. */
  files: Record<string, string[]>;
  images: ImagesOfProjects;
  /** Flows whose `build` is part of this run. */
  built: ReadonlySet<string>;
  schema: OptionsSchema;
  /** A copy of this run's own: what is read by it once is remembered for as long. */
  env: NodeJS.ProcessEnv;
  /** Of the checkout; empty outside of a git repository. */
  commit: string;
  /** One store for each place, shared by the tasks of the run. */
  storeFor: WantContext['storeFor'];
}

/** @throws FlowError for a bad option, a build that is missing or outdated, an ignored env file, no server */
export function prepareTask(
  { id, target, overrides }: Task,
  given: unknown,
  { context, files, images, built, schema, env, commit, storeFor }: PrepareContext,
): PreparedTask {
  const { root, projectGraph } = context;
  const flow = target.project;
  const node = projectGraph.nodes[flow]?.data ?? { root: '' };
  const folder = node.root;
  const names = namesOf(node);
  refuseOddFolder(folder, flow);
  const options = named(withImage(parseOptions(schema, id, given), images), names);
  refuseTaskEnvFiles(root, { flow, folder, target, names: /^(PREFECT|AWS)_/ }, env);
  const manifest = readManifest(root, flow, folder);
  const shipped = shippedFiles(flow, projectGraph, files);
  const buildOptions = parseOptions(buildSchema, `${flow}:build`, buildOptionsOf(context, flow, target.configuration));
  const ships = shipped.map(({ from }) => from);
  requireFresh(root, manifest, ships, { folder, prefectYaml: prefectYamlFiles(root, node) }, buildOptions);
  if (buildOptions.buildEnv.length > 0 && !built.has(flow)) throw notBuiltHere(flow, buildOptions.buildEnv);
  const wantContext: WantContext = {
    workspaceRoot: root,
    flow,
    project: names.project,
    output: join(root, outputFolder(folder)),
    shipped,
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
  const { unregistered } = manifest;
  return { task: id, flow, options, engine, connection, workspaceId, wanted, ships, unregistered };
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

/** The flows whose `build` is part of this run. */
export function builtFlows({ taskGraph }: ExecutorContext): ReadonlySet<string> {
  const builds = Object.values(taskGraph?.tasks ?? {}).filter(({ target }) => target.target === 'build');
  return new Set(builds.map(({ target }) => target.project));
}

/** The values of variables are in no manifest, so only Nx's hash of the build task tells whether they changed. */
function notBuiltHere(flow: string, names: string[]): FlowError {
  return new FlowError({
    code: 'build-outdated',
    flow,
    what: `The build depends on ${names.join(', ')}, and this run leaves the build out.`,
    next: `Run: nx run ${flow}:register (without --exclude-task-dependencies)`,
  });
}
