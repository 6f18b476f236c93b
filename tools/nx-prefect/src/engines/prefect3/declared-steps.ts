import { FlowError } from '../../core/errors';
import type { CodeStore, PullStep, StorePlace } from '../../stores/code-store';
import type { Registration } from './prefect3-manifest';

/**
 * The pull steps that a deployment's `prefect.yaml` declares, for a store that uses them; undefined = it declares none.
 * @throws FlowError `placeholder` where they need the output of a build or push step, which nobody runs here
 */
export function declaredSteps(
  { pull, declaredIn }: Pick<Registration, 'pull' | 'declaredIn'>,
  { usesDeclaredSteps }: CodeStore,
  flow: string,
): PullStep[] | undefined {
  if (!usesDeclaredSteps || pull === undefined) return undefined;
  if (pull.unfilled === null) return pull.steps;
  throw new FlowError({
    code: 'placeholder',
    flow,
    file: declaredIn,
    what:
      `The pull steps hold {{ ${pull.unfilled} }}, the output of a build or push step, ` +
      'and no such step is run here.',
    next: 'Write its value into the pull step, or name a variable: {{ $NAME }} is filled where the flow runs.',
  });
}

/** A sentence where declared pull steps do not count. */
export function unusedSteps(
  { pull, declaredIn }: Pick<Registration, 'pull' | 'declaredIn'>,
  { usesDeclaredSteps }: CodeStore,
  { url }: StorePlace,
): string[] {
  if (usesDeclaredSteps || pull === undefined) return [];
  return [
    `Warning: ${declaredIn}: its "pull" steps are not used, the code comes from ${placeInWords(url)}. ` +
      'The option code=pull keeps them.',
  ];
}

function placeInWords(url: string): string {
  return url.endsWith(':') ? url.slice(0, -1) : url;
}

/** @throws FlowError `bad-option` for a deployment that names an image, where the code lies in another one */
export function refuseOwnImage(
  { fields, declaredIn }: Pick<Registration, 'fields' | 'declaredIn'>,
  { choosesImage }: CodeStore,
  flow: string,
): void {
  if (!choosesImage || fields.job_variables?.['image'] === undefined) return;
  throw new FlowError({
    code: 'bad-option',
    flow,
    file: declaredIn,
    what: 'The option "code" is image, and the deployment names an image of its own in its job variables.',
    next: 'Take the image out of the deployment, or choose another "code" for it.',
  });
}
