import type { DeclaredFields, FlowObject } from './loaded-prefect3';

interface Deployed {
  flow: FlowObject;
  fields: DeclaredFields;
  declaredIn: string;
}

interface FlowFile {
  flowFile: string;
  /** Attribute that the option `entrypoint` names. */
  entrypoint: string | undefined;
}

/** Deployments of other flows than the one that the option names. */
export function leftOut({ entrypoint, flowFile }: FlowFile, declared: Deployed[]): string[] {
  return declared
    .filter(({ flow }) => entrypoint !== undefined && flow.attribute !== entrypoint)
    .map(
      ({ flow, fields, declaredIn }) =>
        `The deployment ${JSON.stringify(fields.name ?? 'default')} of ${flowFile}:${flow.attribute} (${declaredIn}) ` +
        `is not registered: the option "entrypoint" names ${entrypoint}.`,
    );
}

/** A second flow of the file, neither a subflow of it nor another form (`with_options`) of one that is deployed. */
export function undeployed({ entrypoint, flowFile }: FlowFile, flows: FlowObject[], chosen: Deployed[]): string[] {
  if (entrypoint !== undefined) return [];
  const deployed = new Set(chosen.map(({ flow }) => flow.line));
  const names = firstNames(flows)
    .filter(({ definedHere, calledHere, line }) => definedHere && !calledHere && !deployed.has(line))
    .map(({ attribute, flowName }) => attribute ?? `"${flowName}"`);
  return names.length === 0 ? [] : [`${flowFile} also defines ${names.join(', ')}, which nothing deploys.`];
}

/** Two attributes of one flow (`main = load = flow(...)`) are one candidate. */
export function firstNames<F extends FlowObject>(flows: F[]): F[] {
  return flows.filter(
    (flow, at) => flows.findIndex((other) => other.line === flow.line && other.flowName === flow.flowName) === at,
  );
}
