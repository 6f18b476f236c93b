import { basename, dirname, join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { type Engine, outputFolder, readManifest } from '../build/manifest';
import { prefectYamlFiles } from '../workspace/prefect-yaml-files';
import { shippedFiles } from '../workspace/shipment';
import { FlowError } from '../core/errors';
import { readJsonIfThere } from '../core/read-file';
import { parseOptions } from '../executors/batch';
import { schema as buildSchema } from '../options/build-options';
import { type RegisterOptions, schema } from '../options/register-options';
import type { Connection } from '../engines/connection';
import { type WantContext, type Wanted, connectionOf, wantedOf } from '../engines/engine';
import { requireFresh } from './freshness';
import { findEnvironment } from '../workspace/python-environment';
import { type ImagesOfProjects, withImage } from '../images/image-of-project';
import { refuseTaskEnvFiles } from '../options/task-env-files';

/** A task of `register` or `plan` with everything settled that needs no server. */
export interface PreparedTask {
  task: string;
  flow: string;
  options: RegisterOptions;
  engine: Engine;
  connection: Connection;
  wanted: Wanted[];
}

export interface PrepareContext {
  context: ExecutorContext;
  /** Nx's own file lists, by project. */
  files: Record<string, string[]>;
  images: ImagesOfProjects;
  /** One store for each place, shared by the tasks of the run. */
  storeFor: WantContext['storeFor'];
}

/** @throws FlowError for a bad option, a build that is missing or outdated, an ignored env file, no server */
export function prepareTask(
  { id, target, overrides }: Task,
  given: unknown,
  { context, files, images, storeFor }: PrepareContext,
): PreparedTask {
  const { root, projectGraph } = context;
  const flow = target.project;
  const node = projectGraph.nodes[flow]?.data;
  const folder = node?.root ?? '';
  const options = withImage(parseOptions(schema, id, given), images);
  refuseTaskEnvFiles(root, { flow, folder, target, names: /^(PREFECT|AWS)_/ }, process.env);
  const manifest = readManifest(root, flow, folder);
  const shipped = shippedFiles(flow, projectGraph, files);
  const prefectYaml = prefectYamlFiles(root, folder);
  const buildOptions = parseOptions(buildSchema, `${flow}:build`, buildOptionsOf(context, flow, target.configuration));
  requireFresh(
    root,
    manifest,
    shipped.map(({ from }) => from),
    prefectYaml,
    buildOptions,
  );
  if (buildOptions.buildEnv.length > 0 && !wasBuilt(context, flow)) throw notBuiltHere(flow, buildOptions.buildEnv);
  const wantContext: WantContext = {
    workspaceRoot: root,
    flow,
    project: basename(dirname(folder)),
    output: join(root, outputFolder(folder)),
    shipped,
    options,
    typed: typedOptions(options, overrides as Record<string, unknown> | undefined),
    workspaceId: options.workspaceId ?? rootPackageName(root),
    env: process.env,
    storeFor,
    interpreter: () =>
      findEnvironment({ workspaceRoot: root, projectRoot: folder, python: buildOptions.python }).python,
  };
  return {
    task: id,
    flow,
    options,
    engine: manifest.engine,
    connection: connectionOf(manifest.engine, wantContext),
    wanted: wantedOf(manifest, wantContext),
  };
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

/** Whether `build` of a flow is part of this run. */
export function wasBuilt({ taskGraph }: ExecutorContext, flow: string): boolean {
  return Object.values(taskGraph?.tasks ?? {}).some(
    ({ target }) => target.project === flow && target.target === 'build',
  );
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

/** What was typed on the command line, with its values as the schema made them. */
function typedOptions(options: RegisterOptions, overrides: Record<string, unknown> = {}): Partial<RegisterOptions> {
  const typed = new Set(
    Object.keys(overrides).map((name) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())),
  );
  return Object.fromEntries(Object.entries(options).filter(([name]) => typed.has(name)));
}

/** The default mark of a workspace: the same in all clones and branches. @throws FlowError `no-workspace-id` */
function rootPackageName(workspaceRoot: string): string {
  const file = 'package.json';
  const content = readJsonIfThere(join(workspaceRoot, file)) as { name?: string } | null | undefined;
  if (content?.name) return content.name;
  throw new FlowError({
    code: 'no-workspace-id',
    file,
    what: 'The root package.json gives no name by which registrations of this workspace can be known.',
    next: 'Give it a "name", or set the option "workspaceId".',
  });
}
