import * as dockerDeploy from './docker-deploy-options';
import * as flow from './flow-options';
import * as flowGenerator from './flow-generator-options';
import type { SchemaDefinition } from './schema-json';
import * as test from './test-options';

/**
 * Every schema.json that Nx reads, by its folder below `src`, with what it is made from: `npm run schemas` writes
 * them.
 */
export const SCHEMA_FILES: Readonly<Record<string, SchemaDefinition>> = {
  'executors/docker-deploy': dockerDeploy,
  'executors/flow': flow,
  'executors/test': test,
  'generators/flow': flowGenerator,
};
