import { canonicalJson, sha256 } from '../../core/canonical';
import { FlowError } from '../../core/errors';
import type { DeclaredFields, DeclaredPull, FlowObject, LoadedPrefect3, YamlDeployment } from './loaded-prefect3';
import type { Registration } from './prefect3-manifest';
import { firstNames, leftOut, undeployed } from './unregistered';

export interface RegistrationSources {
  /** Nx project, for errors. */
  flow: string;
  /** `flows/project_1/flow1/flow.py` */
  flowFile: string;
  /** Attribute that the option `entrypoint` names. */
  entrypoint: string | undefined;
  codeDigest: string;
  loaded: Pick<LoadedPrefect3, 'flows' | 'deployments'>;
  /** Deployments of this file in the `prefect.yaml` beside it and at the root, and those of other files nearby. */
  yaml: (YamlDeployment | { file: string; unmatched: string })[];
}

/**
 * What one flow file asks to have registered: each deployment that code or a `prefect.yaml` declares, else the file's
 * one flow under default settings; and sentences about what else it has, which is not registered.
 * @throws FlowError `no-flow`, `several-flows`, `unbound-flow`, `entrypoint-not-found`, `prefect-yaml`
 */
export function registrationsOf(sources: RegistrationSources): {
  registrations: Registration[];
  unregistered: string[];
} {
  const all = [...yamlDeployments(sources), ...codeDeployments(sources)];
  const declared = all.filter(({ flow }) => sources.entrypoint === undefined || flow.attribute === sources.entrypoint);
  if (declared.length === 0) refuseUnmatched(sources);
  const chosen =
    declared.length > 0
      ? declared
      : [{ flow: onlyFlow(sources), fields: {}, declaredIn: sources.flowFile, templated: false }];
  return {
    registrations: toRegistrations(sources, chosen),
    unregistered: [...leftOut(sources, all), ...undeployed(sources, sources.loaded.flows, chosen)],
  };
}

function toRegistrations({ flowFile, codeDigest }: RegistrationSources, chosen: Declared[]): Registration[] {
  return chosen.map(({ flow, fields, declaredIn, templated, parameterOpenapiSchema, pull }) => {
    const version = fields.version ?? flow.version;
    const registration = {
      flowName: flow.flowName,
      entrypoint: `${flowFile}:${flow.attribute}`,
      declaredIn,
      parameterOpenapiSchema: parameterOpenapiSchema ?? flow.parameterOpenapiSchema,
      description: flow.description,
      fields: { ...fields, ...(version === null ? {} : { version }) },
      templated,
    };
    return { ...registration, digest: sha256(canonicalJson([codeDigest, registration])), ...(pull && { pull }) };
  });
}

interface Declared {
  flow: FlowObject & { attribute: string };
  fields: DeclaredFields;
  declaredIn: string;
  /** From a `prefect.yaml`, in which `{{ ... }}` are placeholders. */
  templated: boolean;
  /** Absent = the flow's. */
  parameterOpenapiSchema?: Record<string, unknown> | null;
  pull?: DeclaredPull;
}

function codeDeployments({ flow, flowFile, loaded }: RegistrationSources): Declared[] {
  return loaded.deployments.map((deployment) => {
    const object = loaded.flows.find((candidate) => candidate.attribute === deployment.flowAttribute);
    if (!isBound(object)) throw unboundFlow(flow, flowFile, deployment.flowName, undefined);
    const { fields, file, parameterOpenapiSchema } = deployment;
    return { flow: object, fields, declaredIn: file, templated: false, parameterOpenapiSchema };
  });
}

function yamlDeployments(sources: RegistrationSources): Declared[] {
  return sources.yaml.flatMap((deployment) => {
    if ('unmatched' in deployment) return [];
    const { attribute, fields, file, pull } = deployment;
    const flow = attribute === null ? onlyFlow(sources) : flowNamed(sources, attribute, file);
    return [{ flow, fields, declaredIn: file, templated: true, ...(pull && { pull }) }];
  });
}

/** A declaration that names another file by mistake must not become a deployment with default settings. */
function refuseUnmatched({ flow, flowFile, entrypoint, yaml }: RegistrationSources): void {
  const other = yaml.find((deployment) => 'unmatched' in deployment);
  if (other === undefined || !('unmatched' in other) || entrypoint !== undefined) return;
  throw new FlowError({
    code: 'prefect-yaml',
    flow,
    file: other.file,
    what: `Nothing declares a deployment of ${flowFile}, but ${other.unmatched}`,
    next: `Let its entrypoint name ${flowFile}, or set the option "entrypoint" of ${flow}:build to register that flow.`,
  });
}

function flowNamed({ flow, flowFile, loaded }: RegistrationSources, attribute: string, namedIn: string) {
  const found = loaded.flows.find((candidate) => candidate.attribute === attribute);
  if (isBound(found)) return found;
  const names = loaded.flows.filter(isBound).map((candidate) => candidate.attribute);
  throw new FlowError({
    code: 'entrypoint-not-found',
    flow,
    file: namedIn,
    what: `The entrypoint names ${attribute}, but ${flowFile} has no flow of that name.`,
    next: names.length > 0 ? `It has: ${names.join(', ')}.` : 'Decorate the function with @flow.',
  });
}

/**
 * The flow that a file is about: the one defined in it that nothing else in the file calls, unless the option says
 * which.
 */
function onlyFlow(sources: RegistrationSources): Declared['flow'] {
  const { flow, flowFile, entrypoint, loaded } = sources;
  if (entrypoint !== undefined) return flowNamed(sources, entrypoint, flowFile);
  const own = loaded.flows.filter((candidate) => candidate.definedHere);
  const unbound = own.find((candidate) => candidate.attribute === null);
  if (unbound) throw unboundFlow(flow, flowFile, unbound.flowName, unbound.line);
  const candidates = firstNames(own.filter(isBound));
  const top = candidates.filter((candidate) => !candidate.calledHere);
  if (top.length === 1 && top[0]) return top[0];
  if (candidates.length === 1 && candidates[0]) return candidates[0];
  if (candidates.length === 0) throw noFlow(sources);
  const choice = (top.length > 0 ? top : candidates).map((candidate) => candidate.attribute);
  throw new FlowError({
    code: 'several-flows',
    flow,
    file: flowFile,
    what: `The file defines several flows (${choice.join(', ')}) and nothing says which one to register.`,
    next:
      `Set the option "entrypoint" of ${flow}:build to one of them, ` +
      'declare deployments with to_deployment(...) or a prefect.yaml, or give each flow its own folder.',
  });
}

function noFlow({ flow, flowFile, loaded }: RegistrationSources): FlowError {
  const imported = loaded.flows.filter(isBound).map((candidate) => candidate.attribute);
  return new FlowError({
    code: 'no-flow',
    flow,
    file: flowFile,
    what:
      imported.length > 0
        ? `The file defines no flow of its own; it only imports ${imported.join(', ')}.`
        : 'The file defines no flow.',
    next:
      imported.length > 0
        ? `Set the option "entrypoint" of ${flow}:build to register an imported flow from here.`
        : 'Decorate a function of the file with @flow from prefect.',
  });
}

function unboundFlow(flow: string, file: string, name: string, line: number | undefined): FlowError {
  return new FlowError({
    code: 'unbound-flow',
    flow,
    file,
    ...(line === undefined ? {} : { line }),
    what: `The flow "${name}" is bound to no attribute of the module, so no worker can load it.`,
    next: `Bind it at module level (my_flow = make_flow(...)), or set the option "entrypoint" of ${flow}:build.`,
  });
}

function isBound(flow: FlowObject | undefined): flow is FlowObject & { attribute: string } {
  return flow !== undefined && flow.attribute !== null;
}
