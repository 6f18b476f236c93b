/** The mark of a workspace is a tag that begins so: a tag of somebody's own would give the registration away. */
export const RESERVED_TAG = 'nx-prefect:';

export const RESERVED_TAG_MESSAGE = `must not begin with "${RESERVED_TAG}": that marks what a workspace registers`;

export function isReservedTag(tag: string): boolean {
  return tag.trim().toLowerCase().startsWith(RESERVED_TAG);
}
