import type { Planned, Wanted } from '../engines/engine';

/** What happened to one registration. */
export interface Registered {
  title: string;
  action: 'created' | 'updated' | 'unchanged' | 'failed';
  url?: string;
  error?: unknown;
  /** Names of the fields that differed. */
  fields: string[];
  /** Sentences for the user. */
  notes: string[];
}

/** What would happen to the registrations of one task: an entry of each list for each of `wanted`. */
export interface PlannedRegistrations {
  wanted: Wanted[];
  planned: (Planned | Error)[];
  /** Whether the code of each registration is where workers load it from. */
  codePresent: boolean[];
}
