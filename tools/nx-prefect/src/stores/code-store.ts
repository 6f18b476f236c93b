import type { Manifest } from '../build/manifest';

/** Where shipped code lies, immutable under its digest, for workers to load. */
export interface CodeStore {
  /** Which digests are there, whole; one request for all of them. */
  present(): Promise<ReadonlySet<string>>;
  /** Puts the code of one build there; a killed call leaves nothing that {@link present} takes for whole. */
  put(code: Code): Promise<void>;
  /** Where the code of a digest lies. */
  locate(digest: string): CodeLocation;
}

export type CodeLocation =
  | { kind: 's3'; bucket: string; /** Prefix of the keys, without a slash at its end. */ folder: string }
  | { kind: 'local'; /** Absolute path. */ folder: string };

export interface Code {
  digest: string;
  /** Path -> SHA-256: what has to be put there. */
  files: Manifest['code']['files'];
  /** @throws FlowError `source-changed` or `build-damaged` when the file is not what `files` says */
  read(path: string): Promise<Buffer>;
}
