import type { Planned, Registered, Wanted } from '../engines/engine';
import type { Change } from '../engines/shown-change';

/** In the order in which a report lists them. */
export const ACTIONS = [
  'failed',
  // Of `register`, `build` and `test`.
  'created',
  'updated',
  'built',
  'passed',
  // Of `docker-deploy`.
  'pushed',
  'tagged',
  'to push',
  'to tag',
  // Of `plan`.
  'create',
  'update',
  'unchanged',
  // Of `status`.
  'out of date',
  'drifted',
  'never registered',
  'removed from source',
  'foreign',
  'not known',
  'in sync',
  // Of `prune`.
  'to delete',
  'to pause',
  'deleted',
  'paused',
  'kept',
] as const;
export type Action = (typeof ACTIONS)[number];

/** What became of one registration, or of a task that has none. */
export interface Result {
  /** The registration, or the Nx project where there is none. */
  title: string;
  action: Action;
  url?: string;
  error?: unknown;
  /** Names of the fields that differed. */
  fields: string[];
  /** What else there is to say in a table: of an image its digest, size, what was done, why. */
  details?: string[];
  /** The same with their values, as they may be shown. */
  changes?: Change[];
  /** Whether somebody else changed what was registered last. */
  isDrift?: boolean;
  /** What the server says of it besides. */
  held?: Registered;
  /** Sentences for the user. */
  notes: string[];
}

/** Where a server is, and what named it. */
export interface ServerFound {
  apiUrl: string;
  source: string;
}

/** What is reported of one task. */
export interface Reported {
  /** As Nx names it. */
  task: string;
  /** Nx project. */
  flow: string;
  results: Result[];
  server?: ServerFound;
}

/** What would happen to the registrations of one task: an entry of each list for each of `wanted`. */
export interface PlannedRegistrations {
  wanted: Wanted[];
  planned: (Planned | Error)[];
  /** Whether the code of each registration is where workers load it from. */
  codePresent: boolean[];
}
