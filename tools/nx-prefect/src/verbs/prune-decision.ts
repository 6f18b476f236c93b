import type { Registered } from '../engines/engine';

/** What is known of a registration that no source declares. */
export interface Candidate {
  held: Registered;
  /** Runs that have not ended, scheduled ones by hand among them. */
  unfinishedRuns: number;
  /** Whether the flow's file is gone, and not only what it declared. */
  isFileGone: boolean;
  /** Flows of which nobody knows what they declare: they are not built, or wrong. */
  unknownFlows: number;
  /** Whether its commit is an ancestor of what is checked out. */
  isAncestor: boolean;
}

export interface Rules {
  environments: ReadonlySet<string>;
  /** Also what source declares: the environment goes as a whole. */
  all: boolean;
  /** Milliseconds. */
  grace: number;
  /** Without pausing first. */
  now: boolean;
  /** Milliseconds since 1970. */
  time: number;
}

export type Decision =
  | { action: 'pause' | 'delete' }
  /** Paused by an earlier run; a sentence says until when. */
  | { action: 'wait'; why: string }
  | { action: 'keep'; why: string };

/**
 * What happens to a registration that no source declares. Only what this workspace's mark, bound to that very one, says
 * is ever touched: in doubt it is kept.
 */
export function decide(
  { held, unfinishedRuns, isFileGone, unknownFlows, isAncestor }: Candidate,
  { environments, all, grace, now, time }: Rules,
): Decision {
  if (!held.isBound) return { action: 'keep', why: 'It has no mark of this workspace that is bound to it.' };
  if (!environments.has(held.environment ?? ''))
    return { action: 'keep', why: `It is of the environment "${held.environment}".` };
  const doubt = all ? undefined : doubtOf({ held, isFileGone, unknownFlows, isAncestor });
  if (doubt !== undefined) return { action: 'keep', why: doubt };
  if (unfinishedRuns > 0) return { action: 'keep', why: `It has ${unfinishedRuns} runs that have not ended.` };
  if (now) return { action: 'delete' };
  if (held.prunedAt === undefined) return { action: 'pause' };
  const since = Date.parse(held.prunedAt);
  // Somebody who starts it again wants it.
  if (!held.isPaused) return { action: 'keep', why: 'It was paused by prune, and somebody started it again.' };
  if (Number.isNaN(since)) return { action: 'keep', why: 'Its mark does not say when it was paused.' };
  if (time - since < grace) {
    return {
      action: 'wait',
      why: `Paused since ${held.prunedAt.slice(0, 16)}; to be deleted from ${iso(since + grace)} on.`,
    };
  }
  return { action: 'delete' };
}

/** Why it may still be wanted. */
function doubtOf({
  held,
  isFileGone,
  unknownFlows,
  isAncestor,
}: Omit<Candidate, 'unfinishedRuns'>): string | undefined {
  if (!held.commit || !isAncestor)
    return 'It was registered at a commit that this branch does not have: another one may use it.';
  if (unknownFlows > 0) return `${unknownFlows} flows are not built, and one of them may declare it now.`;
  if (!isFileGone && !held.isNamedBySource)
    return `${held.file} is still there, and an option gave the name: another run may give it again.`;
  if (held.drifted.length > 0) return `Somebody changed it since it was registered: ${held.drifted.join(', ')}.`;
  return undefined;
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 16);
}
