import { type OwnedSchedules, ownedOf } from './merge-schedules';
import type { Deployment } from './rest-types';
import type { WantedDeployment } from './wanted-deployments';

/**
 * Label that holds, as JSON, the names that the last registration owned: what source no longer names is taken away
 * again.
 */
export const OWNED_LABEL = 'nx-prefect.owned';

export interface OwnedNames {
  tags: string[];
  parameters: string[];
  jobVariables: string[];
  /** Slugs. */
  schedules: string[];
  /** What each schedule without a slug says; absent = there are none. */
  sayings?: string[];
  concurrencyLimit: boolean;
}

export function namesOf(wanted: WantedDeployment): OwnedNames {
  const { slugs, sayings } = ownedOf(wanted.schedules);
  return {
    tags: [...wanted.tags].sort(),
    parameters: Object.keys(wanted.parameters).sort(),
    jobVariables: Object.keys(wanted.jobVariables).sort(),
    schedules: slugs,
    ...(sayings.length > 0 && { sayings }),
    concurrencyLimit: wanted.concurrencyLimit !== undefined || wanted.concurrencyOptions !== undefined,
  };
}

const NOTHING: OwnedNames = { tags: [], parameters: [], jobVariables: [], schedules: [], concurrencyLimit: false };

export function ownedNames(held: Deployment | undefined): OwnedNames {
  const label = held?.labels?.[OWNED_LABEL];
  if (typeof label !== 'string') return NOTHING;
  try {
    return { ...NOTHING, ...(JSON.parse(label) as Partial<OwnedNames>) };
  } catch {
    return NOTHING;
  }
}

export function ownedSchedules({ schedules, sayings = [] }: OwnedNames): OwnedSchedules {
  return { slugs: schedules, sayings };
}
