import { FlowError } from '../../core/errors';
import type { Delivery } from '../../stores/code-store';

/**
 * Adds the step by which pip installs what a requirements file names and the worker's environment lacks. It runs where
 * the steps before it left the code, whatever the place.
 * @param files what ships, so that an edit of the file registers the flow again
 * @throws FlowError `requirements-not-shipped`
 */
export function withRequirements(
  { pullSteps, ...delivery }: Delivery,
  file: string | undefined,
  { flow, files }: { flow: string; files: Record<string, string> },
): Delivery {
  if (file === undefined) return { pullSteps, ...delivery };
  if (!(file in files)) {
    throw new FlowError({
      code: 'requirements-not-shipped',
      flow,
      file,
      what: 'The option "installRequirements" names this file, which does not ship with the flow.',
      next: 'Put it into the folder of the flow, or name it in the build option "dataFiles".',
    });
  }
  const install = { directory: '{{ directory }}', requirements_file: file };
  return { ...delivery, pullSteps: [...pullSteps, { 'prefect.deployments.steps.pip_install_requirements': install }] };
}
