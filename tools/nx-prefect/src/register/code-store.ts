import type { Manifest } from '../build/manifest';

/** Where shipped code lies, immutable under its digest, for workers to load. */
export interface CodeStore {
  /** Which digests are there, whole; one request for all of them. */
  present(): Promise<ReadonlySet<string>>;
  /** Puts the code of one build there; a killed call leaves nothing that {@link present} takes for whole. */
  put(code: Code): Promise<void>;
  /** Prefect 3 pull steps with which a worker gets the code of a digest. */
  pullSteps(digest: string): Record<string, unknown>[];
}

export interface Code {
  digest: string;
  /** Absolute path of the built `code/` folder. */
  folder: string;
  /** Path -> SHA-256: what the folder must hold. */
  files: Manifest['code']['files'];
}
