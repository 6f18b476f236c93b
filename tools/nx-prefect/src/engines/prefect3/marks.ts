import { sha256 } from '../../core/canonical';
import { RESERVED_TAG as MARK } from '../../options/reserved-tags';
import type { Deployment } from './rest-types';

/** The tag by which people find what a workspace registered; a partial update keeps it. */
export function markTag(workspaceId: string): string {
  return `${MARK}${workspaceId}`;
}

/** The workspace that a tag marks, if it is a mark. */
export function markOf(tag: string): string | undefined {
  return tag.startsWith(MARK) ? tag.slice(MARK.length) : undefined;
}

/** Label that binds the tag to its own deployment. */
export const MARK_LABEL = 'nx-prefect.mark';

/** Rises when an older plugin would misread it. */
const VERSION = 1;
/** Characters of SHA-256 that tell registrations apart. */
const SHORT = 16;

/**
 * What the last registration says of itself. Prefect copies labels into every run, so this stays short: below 500 bytes
 * with a file's path of 200.
 */
export interface Mark {
  v: number;
  /** Digest of workspace, environment and name: a copy under another name, made in Prefect's page, has another. */
  of: string;
  env: string;
  file: string;
  /** Of the last write; empty outside of a git repository. */
  commit: string;
  /** Digest of the names that the file registered. */
  names: string;
  /** `source` where the flow's file gave the name; an option, which may differ in each run, gave any other. */
  by?: string;
  /** Digests of what was written, a few digits a field: see `written-fields.ts`. */
  wrote: string;
}

export interface Identity {
  workspaceId: string;
  environment: string;
  flowName: string;
  name: string;
}

export function boundTo({ workspaceId, environment, flowName, name }: Identity): string {
  return sha256(JSON.stringify([workspaceId, environment, flowName, name])).slice(0, SHORT);
}

export function digestOfNames(names: readonly string[]): string {
  return sha256(JSON.stringify([...names].sort())).slice(0, SHORT);
}

export function markText(mark: Omit<Mark, 'v'>): string {
  return JSON.stringify({ v: VERSION, ...mark });
}

/** The mark of a deployment, of any workspace; undefined without a mark, or if its format is unknown. */
export function readMark({ labels }: Pick<Deployment, 'labels'>): Mark | undefined {
  const label = labels?.[MARK_LABEL];
  if (typeof label !== 'string') return undefined;
  try {
    const mark = JSON.parse(label) as Mark;
    const texts = [mark.of, mark.env, mark.file, mark.commit, mark.names, mark.wrote];
    return mark.v === VERSION && texts.every((text) => typeof text === 'string') ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** The mark of a deployment if the workspace registered this very one, under this name, for its environment. */
export function boundMark(held: Deployment, flowName: string, workspaceId: string): Mark | undefined {
  const mark = readMark(held);
  if (!held.tags.includes(markTag(workspaceId)) || mark === undefined) return undefined;
  return mark.of === boundTo({ workspaceId, environment: mark.env, flowName, name: held.name }) ? mark : undefined;
}

/** Tags that say that `prune` paused a deployment, when, and whether somebody had paused it before. */
const PRUNED = /^nx-prefect\.pruned(-paused)?:(.+)$/;

export function prunedTag(at: string, wasPaused: boolean): string {
  return `nx-prefect.pruned${wasPaused ? '-paused' : ''}:${at}`;
}

/** When `prune` paused a deployment, and what that changed; undefined where it did not. */
export function readPruned(tags: readonly string[]): { at: string; wasPaused: boolean } | undefined {
  const [, before, at] = tags.map((tag) => PRUNED.exec(tag)).find((match) => match !== null) ?? [];
  return at === undefined ? undefined : { at, wasPaused: before !== undefined };
}

export function isPrunedTag(tag: string): boolean {
  return PRUNED.test(tag);
}
