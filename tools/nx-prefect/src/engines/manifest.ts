import type { BuildOptions } from '../options/build-options';

/**
 * What `build` writes and `register` reads: `dist/flows/<project>/<flow>/manifest.json`. Each engine adds what only it
 * registers.
 */
export interface Manifest {
  formatVersion: typeof FORMAT_VERSION;
  /** Digest of everything that it was made of (`build/source-digest.ts`): a build of another source has another one. */
  sourceDigest: string;
  /** Nx project, say `project_1-flow1`. */
  flow: string;
  /** Name of the engine that the flow's environment holds. */
  engine: string;
  /** The options that the manifest depends on. */
  options: ManifestOptions;
  code: {
    /** SHA-256 over the shipped paths and their contents. */
    digest: string;
    /** Shipped path -> SHA-256 of what ships. */
    files: Record<string, string>;
  };
  /**
   * Workspace path -> SHA-256, for every file that the build read: what has to be unchanged for the manifest to hold.
   */
  sources: Record<string, string>;
  /** Names, never values, of environment variables that the flow read while it was loaded. */
  environmentRead: string[];
  /** Values that the clock gave to this build; they lie in `clock.json`, for the manifest is the same at any time. */
  clock?: unknown[];
  /**
   * What the load read beside what ships, as it was then: path -> SHA-256, null for what can't be told again. Such a
   * build holds on this machine as long as that is so; it lies in `opened.json`. Absent = nothing.
   */
  opened?: Record<string, string | null>;
  registrations: ManifestRegistration[];
  /** What source declares and nothing registers: a sentence for each. Kept, so that every run says it. */
  unregistered: string[];
}

/** What every engine says of something that it registers. */
export interface ManifestRegistration {
  flowName: string;
  /** `flows/project_1/flow1/flow.py:main`, as it is found in the shipped code. */
  entrypoint: string;
  /** The file that declares it: the flow file or a `prefect.yaml`. */
  declaredIn: string;
  /** SHA-256 of what ships and what is declared: changes when, and only when, one of them does. */
  digest: string;
}

export type ManifestOptions = Pick<BuildOptions, 'entrypoint' | 'load' | 'buildEnv' | 'ship'>;

export function manifestOptions({ entrypoint, load, buildEnv, ship }: ManifestOptions): ManifestOptions {
  return { entrypoint, load, buildEnv, ship };
}

/** What only one engine's manifests hold, and what it leaves unregistered beside what the worker says. */
export type EnginePart<M extends Manifest> = Pick<M, 'registrations' | Exclude<keyof M, keyof Manifest>> &
  Partial<Pick<Manifest, 'unregistered'>>;

export const FORMAT_VERSION = 2;
