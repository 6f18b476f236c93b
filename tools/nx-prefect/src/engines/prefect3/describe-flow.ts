import { FlowError } from '../../core/errors';
import { codeDigest } from '../../workspace/shipped-content';
import type { EnginePart } from '../manifest';
import type { StagedFlow } from '../staged-flow';
import type { LoadedPrefect3, YamlDeclaration } from './loaded-prefect3';
import type { Prefect3Manifest } from './prefect3-manifest';
import { registrationsOf } from './registrations';

/**
 * The deployments that a flow file and every `prefect.yaml` declare of it.
 * @throws FlowError `prefect-yaml` for a file, or an entry of the flow, that Prefect does not take
 */
export function describeFlow(
  { flow, flowFile, options, codeFiles }: StagedFlow,
  loaded: LoadedPrefect3,
): EnginePart<Prefect3Manifest> {
  const registered = registrationsOf({
    flow,
    flowFile,
    entrypoint: options.entrypoint,
    codeDigest: codeDigest(codeFiles),
    loaded,
    yaml: loaded.yaml.map((declaration) => taken(declaration, flow)),
  });
  return { ...registered, gitClone: loaded.gitClone };
}

function taken(declaration: YamlDeclaration, flow: string): Exclude<YamlDeclaration, { refusal: unknown }> {
  if (!('refusal' in declaration)) return declaration;
  const { file, refusal } = declaration;
  throw new FlowError({ code: 'prefect-yaml', flow, file, ...refusal });
}
