import { z } from 'zod';
import { schema as dockerDeploy } from './docker-deploy-options';
import { schema as flowGenerator } from './flow-generator-options';
import { schema as flow } from './flow-options';
import { schema as ciGenerator } from './ci-generator-options';
import { schema as imageGenerator } from './image-generator-options';
import { schema as libGenerator } from './lib-generator-options';
import { schema as initGenerator } from './init-options';
import type { SchemaDefinition } from './schema-json';
import { schema as test } from './test-options';
import { schema as workspace } from './workspace-options';

/** What is written into every schema.json that Nx reads, by its folder below `src`: `npm run schemas`. */
export const SCHEMA_FILES: Readonly<Record<string, SchemaDefinition>> = {
  'executors/docker-deploy': {
    title: "Deploy a project's Docker image to ECR",
    description:
      'Builds the image and pushes it to Amazon ECR, unless ECR holds the image of this source. ' +
      'Creates the repository if there is none.',
    schema: dockerDeploy,
  },
  'executors/flow': {
    title: 'Build, plan or register a Prefect flow',
    description:
      'build loads the flow with its own Python and writes its manifest. ' +
      'register puts that on a Prefect server, and writes only what the server does not hold already; ' +
      'plan shows what register would change.',
    schema: flow,
  },
  'executors/run': {
    title: 'Run a flow here',
    description: "Runs the flow in its own Python. Every option is one of the flow's parameters: --rows=5.",
    schema: z.object({}),
  },
  'executors/test': {
    title: 'Test a flow or a shared package',
    description: "Runs pytest in the flow's own Python environment, with imports as where the flow runs.",
    schema: test,
  },
  'executors/workspace': {
    title: 'The whole workspace against its servers',
    description:
      'status says of every flow whether it is in sync. prune takes away what no source declares any more: paused ' +
      'first, deleted by a later run.',
    schema: workspace,
  },
  'generators/ci': {
    title: 'CI for flows',
    description: 'Writes a workflow: tests and a plan for pull requests, registration on the main branch.',
    schema: ciGenerator,
  },
  'generators/flow': {
    title: 'New flow',
    description: 'Writes a flow folder that builds, tests and registers as it is.',
    schema: flowGenerator,
  },
  'generators/image': {
    title: 'New image',
    description: 'Writes a Dockerfile with the Python and Prefect of the environment, for docker-deploy.',
    schema: imageGenerator,
  },
  'generators/init': {
    title: 'Set up a repository of Prefect flows',
    description: 'Finds flows, Python environments, server, work pool and bucket, and writes nx.json and .gitignore.',
    schema: initGenerator,
  },
  'generators/lib': {
    title: 'New lib',
    description: 'Writes a Python package that flows share, with a test.',
    schema: libGenerator,
  },
};
