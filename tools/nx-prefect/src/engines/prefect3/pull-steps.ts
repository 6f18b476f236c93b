import type { CodeLocation } from '../../stores/code-store';

/**
 * Pull steps with which a worker gets the code.
 * @param credentialsBlock the block that it reads the bucket with, `aws-credentials/production`; its own role without
 * one
 */
export function pullSteps(location: CodeLocation, credentialsBlock: string | undefined): Record<string, unknown>[] {
  if (location.kind === 'local')
    return [{ 'prefect.deployments.steps.set_working_directory': { directory: location.folder } }];
  const credentials = credentialsBlock
    ? { credentials: `{{ prefect.blocks.${credentialsBlock.replace('/', '.')} }}` }
    : {};
  return [
    {
      'prefect_aws.deployments.steps.pull_from_s3': {
        bucket: location.bucket,
        folder: location.folder,
        ...credentials,
      },
    },
  ];
}
