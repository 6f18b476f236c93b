import fc from 'fast-check';

/** What can happen between two registrations, and how the next one is called. */
export type Step = Happening & { call: Call };

export type Happening =
  | { kind: 'nothing' }
  /** Values come from a small set, so that edits are often reverts. */
  | { kind: 'edit'; flow: number; value: number }
  | { kind: 'option'; tags: string[] }
  | { kind: 'other-server' }
  | { kind: 'wipe' }
  | { kind: 'snapshot' }
  /** Puts the last snapshot of this server back: an older copy. */
  | { kind: 'restore' }
  | { kind: 'edit-by-hand'; flow: number; field: 'description' | 'version' | 'tags' | 'entrypoint' }
  | { kind: 'delete-by-hand'; flow: number }
  /** The code that a deployment runs is deleted. */
  | { kind: 'delete-code'; flow: number }
  /** As on a machine that has never built anything. */
  | { kind: 'empty-cache' }
  | { kind: 'damage-build'; flow: number }
  /** A run of the edited source is killed in the middle. */
  | { kind: 'kill'; flow: number; value: number; after: number }
  /** Two terminals; the second one starts after another edit. */
  | { kind: 'two-terminals'; flow: number; value: number; later: number };

export type Call = 'plain' | 'daemon' | 'skip-nx-cache' | 'cache-failures';

const flow = fc.nat(2);
const value = fc.nat(2);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'nothing' }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), flow, value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('option' as const), tags: fc.subarray(['red', 'blue']) }) },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'other-server' }) },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'wipe' }) },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'snapshot' }) },
  { weight: 2, arbitrary: fc.constant<Happening>({ kind: 'restore' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit-by-hand' as const),
      flow,
      field: fc.constantFrom('description' as const, 'version' as const, 'tags' as const, 'entrypoint' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-by-hand' as const), flow }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-code' as const), flow }) },
  { weight: 2, arbitrary: fc.constant<Happening>({ kind: 'empty-cache' }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('damage-build' as const), flow }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      flow,
      value,
      after: fc.integer({ min: 500, max: 6000 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('two-terminals' as const), flow, value, later: value }) },
);

const call = fc.constantFrom<Call>('plain', 'plain', 'daemon', 'skip-nx-cache', 'cache-failures');

export const step: fc.Arbitrary<Step> = fc.tuple(happening, call).map(([what, how]) => ({ ...what, call: how }));
