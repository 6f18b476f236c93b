import { RESERVED_TAG as MARK } from '../../options/reserved-tags';

/** The tag by which people and `prune` find what a workspace registered; a partial update keeps it. */
export function markTag(workspaceId: string): string {
  return `${MARK}${workspaceId}`;
}

/** The workspace that a tag marks, if it is a mark. */
export function markOf(tag: string): string | undefined {
  return tag.startsWith(MARK) ? tag.slice(MARK.length) : undefined;
}
