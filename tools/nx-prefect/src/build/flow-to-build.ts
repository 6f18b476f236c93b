import { join } from 'node:path';
import type { ExecutorContext, Task } from '@nx/devkit';
import type { FlowToBuild } from '../engines/staged-flow';
import { schema } from '../options/build-options';
import { parseOptions } from '../options/parse-options';
import { refuseTaskEnvFiles } from '../options/task-env-files';
import { flowFileOf, outputFolder } from '../workspace/flow-places';
import { prefectYamlFiles } from '../workspace/prefect-yaml-files';
import { shippedFiles } from '../workspace/shipment';
import type { LoadRequest } from './worker/worker-protocol';

/** A task of `build` with its options as Nx gives them. */
export interface BuildTask extends Pick<Task, 'id' | 'target'> {
  options: unknown;
}

export interface BuildPlaces {
  /** Each project's files, as `projectFiles` returns them. */
  files: Record<string, string[]>;
  /** Absolute; where flows are staged. */
  stagingRoot: string;
}

/** @throws FlowError for a bad option, files that can't ship, an env file that Nx does not pass on */
export function flowToBuild(
  context: ExecutorContext,
  task: BuildTask,
  { files, stagingRoot }: BuildPlaces,
): FlowToBuild {
  const { project } = task.target;
  const options = parseOptions(schema, task.id, task.options);
  const data = context.projectGraph.nodes[project]?.data ?? { root: '' };
  const folder = data.root;
  const ofTask = { flow: task.id, folder, target: task.target, names: onlyNames(options.buildEnv) };
  refuseTaskEnvFiles(context.root, ofTask, process.env);
  return {
    flow: project,
    folder,
    flowFile: flowFileOf(folder),
    options,
    files: shippedFiles(project, context.projectGraph, files),
    prefectYaml: prefectYamlFiles(context.root, data),
    // No copy may lie in another one: each is moved while it is loaded.
    code: join(stagingRoot, 'code', encodeURIComponent(project), 'code'),
    staging: join(stagingRoot, 'output', outputFolder(folder)),
  };
}

/** @param id the Nx task */
export function loadRequest(
  id: string,
  { code, flowFile, options: { load, ship, buildEnv } }: FlowToBuild,
): LoadRequest {
  const env = buildEnv.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { id, root: code, path: flowFile, load, ship, env: Object.fromEntries(env) };
}

/** What Nx's env files of a task may not set, since a batch would not see it. */
function onlyNames(names: string[]): RegExp {
  return new RegExp(`^(${names.map((name) => name.replace(/\W/g, '')).join('|') || '(?!)'})$`);
}
