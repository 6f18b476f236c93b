import type { Role } from '../core/aws/client-options';
import type { DeployOptions } from '../options/docker-deploy-options';

/** A registry of ECR, and with which credentials it is asked. */
export interface RegistryLocation {
  region: string | undefined;
  profile: string | undefined;
  role?: Role | undefined;
  /** AWS account; undefined = the credentials' own. */
  registryId: string | undefined;
}

/** The registries that an image goes to. Flows are told of the first. */
export function locationsOf(options: DeployOptions): [RegistryLocation, ...RegistryLocation[]] {
  const [first = {}, ...others] = options.destinations;
  const location = (destination: DeployOptions['destinations'][number]): RegistryLocation => {
    const { region, awsProfile, registryId, roleArn, externalId } = { ...options, ...destination };
    const role = roleArn === undefined ? undefined : { arn: roleArn, externalId };
    return { region, profile: awsProfile, registryId, role };
  };
  return [location(first), ...others.map(location)];
}
