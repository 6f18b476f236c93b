import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import { type Manifest, outputFolder, readManifest } from '../build/manifest';
import { shippedFiles } from '../build/shipment';
import { FlowError } from '../errors';
import { parseOptions } from '../executors/batch';
import { schema as buildSchema } from '../executors/build/schema';
import { type RegisterOptions, schema } from '../executors/register/schema';
import { type Connection, findConnection } from '../prefect/connection';
import { environmentLookup } from '../prefect/placeholders';
import { wantedDeployment } from '../prefect/rest/wanted';
import type { Wanted } from '../prefect/server';
import type { Code, CodeStore } from './code-store';
import { requireFresh } from './freshness';
import { refuseTaskEnvFiles } from './task-env';

/** A task of `register` or `plan` with everything settled that needs no server. */
export interface PreparedTask {
  task: string;
  flow: string;
  options: RegisterOptions;
  manifest: Manifest;
  connection: Connection;
  store: CodeStore;
  code: Code;
  wanted: Wanted[];
}

export interface PrepareContext {
  context: ExecutorContext;
  /** Nx's own file lists, by project. */
  files: Record<string, string[]>;
  /** One store for each place, shared by the tasks of the run. */
  storeFor(options: RegisterOptions): CodeStore;
}

/** @throws FlowError for a bad option, a build that is missing or outdated, an ignored env file, no server */
export function prepareTask({ id, target, overrides }: Task, given: unknown, { context, files, storeFor }: PrepareContext): PreparedTask {
  const { root, projectGraph } = context;
  const flow = target.project;
  const node = projectGraph.nodes[flow]?.data;
  const folder = node?.root ?? '';
  const options = parseOptions(schema, id, given);
  refuseTaskEnvFiles(root, flow, folder, target.target, target.configuration, process.env);
  const manifest = readManifest(root, flow, folder);
  const shipped = shippedFiles(flow, projectGraph, files).map(({ from }) => from);
  const prefectYaml = [`${folder}/prefect.yaml`, 'prefect.yaml'].filter((file) => existsSync(join(root, file)));
  requireFresh(root, manifest, shipped, prefectYaml, parseOptions(buildSchema, `${flow}:build`, node?.targets?.['build']?.options ?? {}));
  const store = storeFor(options);
  const wantedContext = {
    options,
    typed: typedOptions(options, overrides as Record<string, unknown> | undefined),
    pullSteps: store.pullSteps(manifest.code.digest),
    workspaceId: options.workspaceId ?? rootPackageName(root),
    lookup: environmentLookup(process.env, flow),
    defaultWorkPool: process.env['PREFECT_DEFAULT_WORK_POOL_NAME'],
  };
  return {
    task: id,
    flow,
    options,
    manifest,
    connection: findConnection(root, options.apiUrl, process.env),
    store,
    code: { digest: manifest.code.digest, folder: join(root, outputFolder(folder), 'code'), files: manifest.code.files },
    wanted: manifest.registrations.map((registration) => ({
      flow,
      deployment: wantedDeployment(registration, wantedContext),
      takeOver: options.takeOver,
    })),
  };
}

/** What was typed on the command line, with its values as the schema made them. */
function typedOptions(options: RegisterOptions, overrides: Record<string, unknown> = {}): Partial<RegisterOptions> {
  const typed = new Set(Object.keys(overrides).map((name) => name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())));
  return Object.fromEntries(Object.entries(options).filter(([name]) => typed.has(name)));
}

/** The default mark of a workspace: the same in all clones and branches. @throws FlowError `no-workspace-id` */
function rootPackageName(workspaceRoot: string): string {
  const file = 'package.json';
  try {
    const { name } = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8')) as { name?: string };
    if (name) return name;
  } catch {
    // Said below: there is no name either way.
  }
  throw new FlowError({
    code: 'no-workspace-id',
    file,
    what: 'The root package.json gives no name by which registrations of this workspace can be known.',
    next: 'Give it a "name", or set the option "workspaceId".',
  });
}
