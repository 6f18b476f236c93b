/** What a key says of where a registration comes from. */
export interface KeyMark {
  /** Environment; '' for none. */
  env: string;
  /** Workspace path of the flow file. */
  file: string;
  /** Of the last write; empty outside of a git repository. */
  commit: string;
}

/** What a version is registered for. */
export interface Key {
  workspaceId: string;
  /** SHA-256 of what is registered. */
  digest: string;
  /** The version that this registration replaces, 0 for none: the key counts once the server holds a later one. */
  instead: number;
  /** Absent in the keys of older versions of this plugin. */
  mark?: KeyMark;
}

/**
 * The key under which a version is registered. The server keeps the last one of a flow in its flow group's settings, so
 * it carries the workspace's mark; a foreign registration replaces it. The server takes the key *before* it makes the
 * version, so one that failed half way leaves its key behind, and the server would take the next one for done.
 *
 * @param again whether the server knew the key without this, and made no version
 */
export function idempotencyKey({ workspaceId, digest, instead, mark }: Key, again = false): string {
  const end = mark === undefined ? '' : `:${JSON.stringify(mark)}`;
  return `nx-prefect:${workspaceId}:${digest}:${instead}${again ? ':again' : ''}${end}`;
}

/** The content of a key; undefined if the key is not ours. */
export function readKey(key: unknown): Key | undefined {
  const [, workspaceId, digest, instead, end] =
    /^nx-prefect:(.+):([0-9a-f]{64}):(\d+)(?::again)?(?::(\{[^]*\}))?$/.exec(typeof key === 'string' ? key : '') ?? [];
  if (workspaceId === undefined || digest === undefined) return undefined;
  const mark = end === undefined ? undefined : readMark(end);
  return { workspaceId, digest, instead: Number(instead), ...(mark ? { mark } : {}) };
}

function readMark(text: string): KeyMark | undefined {
  try {
    const { env, file, commit } = JSON.parse(text) as Partial<KeyMark>;
    return [env, file, commit].every((word) => typeof word === 'string')
      ? ({ env, file, commit } as KeyMark)
      : undefined;
  } catch {
    return undefined;
  }
}
