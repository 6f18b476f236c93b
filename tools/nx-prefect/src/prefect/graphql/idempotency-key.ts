/**
 * The key under which a version is registered. The server keeps the last one of a flow in its flow group's settings, so it carries the
 * workspace's mark; a foreign registration replaces it.
 * @param digest SHA-256 of what is registered
 * @param instead version that a server with this very key holds, although something else was to be registered under it: a registration that
 *   failed half way leaves its key behind, and the server would take the next one for done
 */
export function idempotencyKey(workspaceId: string, digest: string, instead?: number): string {
  return `nx-prefect:${workspaceId}:${digest}${instead === undefined ? '' : `:${instead}`}`;
}

/** What a key says; undefined for a key that is none of ours. */
export function readKey(key: unknown): { workspaceId: string; digest: string } | undefined {
  const [, workspaceId, digest] = /^nx-prefect:(.+):([0-9a-f]{64})(?::\d+)?$/.exec(typeof key === 'string' ? key : '') ?? [];
  return workspaceId === undefined || digest === undefined ? undefined : { workspaceId, digest };
}
