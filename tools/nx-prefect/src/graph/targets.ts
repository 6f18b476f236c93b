import type { TargetConfiguration } from '@nx/devkit';
import type { PluginOptions } from '../options/plugin-options';
import type { OptionsOfFlow } from './flow-settings';
import { outputOf } from '../images/places';
import { BUILD_INPUTS, IMAGE, REGISTER_INPUTS, testInputs } from './inputs';

/** One executor for all of them: Nx starts a process for each executor that has something to do. */
const FLOW = 'nx-prefect:flow';

/**
 * The targets that every flow has. What each does: docs, "Targets".
 *
 * @param output where its build lies
 * @param images projects whose image the flow runs in: registering follows a change of one, building does not
 */
export function flowTargets(
  name: string,
  output: string,
  { build, buildEnv, dataFiles, register, configurations }: OptionsOfFlow,
  images: string[] = [],
): Record<string, TargetConfiguration> {
  const registerInputs = [...REGISTER_INPUTS, ...(images.length > 0 ? [{ input: IMAGE, projects: images }] : [])];
  return {
    build: {
      executor: FLOW,
      cache: true,
      inputs: [...BUILD_INPUTS],
      outputs: [`{workspaceRoot}/${output}`],
      options: {
        ...(buildEnv.length > 0 ? { buildEnv } : {}),
        ...(dataFiles.length > 0 ? { dataFiles } : {}),
        ...build,
      },
      ...configured(configurations.build),
      metadata: described(
        `${name}:build`,
        'Loads the flow and writes its manifest: what it registers and which files ship.',
        {
          timeLimit: 300,
        },
      ),
    },
    // Not cached: whether the server holds it is asked of the server, in one read for all flows of the run. What nobody
    // has built is built there, so no `build` comes before; `targetDefaults` can say so where Nx has a remote cache.
    register: {
      executor: FLOW,
      cache: false,
      inputs: registerInputs,
      options: { ...register },
      ...configured(configurations.register),
      metadata: described(`${name}:register`, 'Registers the flow if the server differs from its source.', {
        labels: ['dev'],
      }),
    },
    plan: {
      executor: FLOW,
      cache: false,
      inputs: registerInputs,
      options: { ...register },
      ...configured(configurations.register),
      metadata: described(`${name}:plan`, 'Shows what register would change on the server.', { labels: ['dev'] }),
    },
    run: {
      executor: 'nx-prefect:run',
      cache: false,
      // For each: Nx writes into what it is given. The build says which flow of the file runs.
      dependsOn: [{ target: 'build' }],
      // Not cached, but Nx hashes every task, and a project that is a file has no inputs by default.
      inputs: registerInputs,
      metadata: described(`${name}:run`, "Runs the flow here; every option is one of the flow's parameters.", {}),
    },
  };
}

export function testTarget(
  name: string,
  { test }: Pick<PluginOptions, 'test'>,
  testedProjects: readonly string[],
  configurations: TargetConfiguration['configurations'] = {},
): TargetConfiguration {
  return {
    executor: 'nx-prefect:test',
    cache: true,
    inputs: testInputs(testedProjects),
    options: { ...test },
    ...configured(configurations),
    metadata: described(`${name}:test`, "Runs pytest in the flow's Python environment.", { args: ['-k', 'name'] }),
  };
}

/** Not cached: whether ECR holds it is asked of ECR, in one call. */
export function imageTarget(
  name: string,
  { 'docker-deploy': options }: PluginOptions,
  bases: readonly string[],
): TargetConfiguration {
  return {
    executor: 'nx-prefect:docker-deploy',
    cache: false,
    ...(bases.length === 0 ? {} : { dependsOn: [{ projects: [...bases], target: 'docker-deploy' }] }),
    inputs: [IMAGE],
    outputs: [`{workspaceRoot}/${outputOf('{projectName}')}`],
    options: { ...options },
    metadata: {
      description: 'Builds the image and pushes it to ECR, unless ECR holds the image of this source.',
      technologies: ['docker'],
      help: { command: `npx nx run ${name}:docker-deploy --help`, example: { options: { region: 'us-east-1' } } },
    },
  };
}

/**
 * What the root asks of the whole workspace; the same as `npx nx-prefect status` and `prune`.
 *
 * @param configurations names of configurations that flows have
 */
export function workspaceTargets(name: string, configurations: readonly string[]): Record<string, TargetConfiguration> {
  const target = (verb: string, description: string, options: Record<string, unknown>): TargetConfiguration => ({
    executor: 'nx-prefect:workspace',
    cache: false,
    inputs: [],
    options: {},
    ...configured(Object.fromEntries(configurations.map((configuration) => [configuration, {}]))),
    metadata: described(`${name}:${verb}`, description, options),
  });
  return {
    status: target('status', 'Says of every flow whether the server holds what source says.', { json: 'status.json' }),
    prune: target('prune', 'Takes away what no source declares any more.', { graceDays: 14 }),
  };
}

/** A flow mostly has none, and its target looks as it always did. Copies, since Nx writes into what it is given. */
function configured(configurations: TargetConfiguration['configurations'] & {}): Partial<TargetConfiguration> {
  return Object.keys(configurations).length === 0 ? {} : { configurations: structuredClone(configurations) };
}

/** By `nx run`: `nx register` is Nx's own command. */
function described(
  task: string,
  description: string,
  options: Record<string, unknown>,
): TargetConfiguration['metadata'] & {} {
  return {
    description,
    technologies: ['prefect', 'python'],
    help: { command: `npx nx run ${task} --help`, example: { options } },
  };
}
