import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeDigest } from '../../workspace/shipped-content';
import type { Described } from '../engine';
import type { StagedFlow } from '../staged-flow';
import type { LoadedPrefect3 } from './loaded-prefect3';
import type { Prefect3Manifest } from './prefect3-manifest';
import { yamlDeploymentsOf } from './prefect-yaml';
import { registrationsOf } from './registrations';

/** The deployments that a flow file and every `prefect.yaml` declare of it. */
export function describeFlow(
  workspaceRoot: string,
  { flow, flowFile, options, codeFiles, prefectYaml }: StagedFlow,
  loaded: LoadedPrefect3,
): Described<Prefect3Manifest> {
  const yaml = prefectYaml.map((file) =>
    yamlDeploymentsOf(flowFile, file, readFileSync(join(workspaceRoot, file), 'utf8')),
  );
  const registrations = registrationsOf({
    flow,
    flowFile,
    entrypoint: options.entrypoint,
    codeDigest: codeDigest(codeFiles),
    loaded,
    yaml: yaml.flatMap(({ deployments }) => deployments),
  });
  return { part: { registrations }, warnings: yaml.flatMap(({ warnings }) => warnings) };
}
