import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

/** What all of AWS's clients are made with: credentials as the SDK finds them, for a profile if one is named. */
export function clientOptions({ profile, region }: { profile: string | undefined; region: string | undefined }) {
  return {
    credentials: fromNodeProviderChain(profile ? { profile } : {}),
    ...(region ? { region } : {}),
    ...(profile ? { profile } : {}),
    maxAttempts: 5,
  };
}
