import { FlowError } from '../../errors';
import type { Deployment } from './types';

const MARK = 'nx-prefect:';

/** The tag by which people and `prune` find what a workspace registered; a partial update keeps it. */
export function markTag(workspaceId: string): string {
  return `${MARK}${workspaceId}`;
}

/** The workspace that a tag marks, if it is a mark. */
export function markOf(tag: string): string | undefined {
  return tag.startsWith(MARK) ? tag.slice(MARK.length) : undefined;
}

export type Ownership = 'ours' | 'unmarked' | 'taken-over';

/**
 * Whose a deployment is. One without a mark (a script's, or ours after a foreign deploy) may be taken over in place.
 * @throws FlowError `other-workspace` for one with another workspace's mark, unless `takeOver`
 */
export function ownership(held: Deployment, workspaceId: string, takeOver: boolean, name: string, flow: string): Ownership {
  const marks = held.tags.flatMap((tag) => markOf(tag) ?? []);
  const others = marks.filter((mark) => mark !== workspaceId);
  if (others.length > 0 && !takeOver) {
    throw new FlowError({
      code: 'other-workspace',
      flow,
      what: `The deployment ${name} belongs to the workspace "${others.join('", "')}"; this one is "${workspaceId}".`,
      next: 'Give this flow or deployment another name, or run once with --takeOver.',
    });
  }
  if (others.length > 0) return 'taken-over';
  return marks.length > 0 ? 'ours' : 'unmarked';
}
