/**
 * The key under which a version is registered. The server keeps the last one of a flow in its flow group's settings, so
 * it carries the workspace's mark; a foreign registration replaces it. The server takes the key *before* it makes the
 * version, so one that failed half way leaves its key behind, and the server would take the next one for done.
 * @param digest SHA-256 of what is registered
 * @param instead the version that this registration replaces, 0 for none: the key counts once the server holds a later
 * one
 * @param again whether the server knew the key without this, and made no version
 */
export function idempotencyKey(workspaceId: string, digest: string, instead: number, again = false): string {
  return `nx-prefect:${workspaceId}:${digest}:${instead}${again ? ':again' : ''}`;
}

interface Key {
  workspaceId: string;
  digest: string;
  instead: number;
}

/** What a key says; undefined for a key that is none of ours. */
export function readKey(key: unknown): Key | undefined {
  const [, workspaceId, digest, instead] =
    /^nx-prefect:(.+):([0-9a-f]{64}):(\d+)(?::again)?$/.exec(typeof key === 'string' ? key : '') ?? [];
  return workspaceId === undefined || digest === undefined
    ? undefined
    : { workspaceId, digest, instead: Number(instead) };
}
