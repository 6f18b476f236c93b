import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FlowError } from '../errors';
import type { BuildOptions } from '../executors/flow/build-options';
import type { DeclaredFields, Prefect1Flow } from '../python/protocol';

export type { Engine } from '../python/protocol';

/**
 * What `build` writes and `register` reads: `dist/flows/<project>/<flow>/manifest.json`. `engine` says which Prefect
 * the flow's environment holds.
 */
export type Manifest = Prefect1Manifest | Prefect3Manifest;

/** Prefect 0.15 - 1.x. */
export interface Prefect1Manifest extends ManifestCommon {
  engine: 'prefect1';
  /** What is uploaded, in `script/`: one file that holds all of `code`, or the flows by value. */
  script: {
    /**
     * What it is kept under. Says the same of all that is made of this source, also for pickles, whose bytes differ
     * each time.
     */
    digest: string;
    /** SHA-256 of the file as it was built. */
    files: { 'flow.py': string };
  };
  registrations: Prefect1Registration[];
}

export interface Prefect3Manifest extends ManifestCommon {
  engine: 'prefect3';
  registrations: Registration[];
}

interface ManifestCommon {
  formatVersion: typeof FORMAT_VERSION;
  /** Nx project, say `project_1-flow1`. */
  flow: string;
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
}

export type ManifestOptions = Pick<BuildOptions, 'entrypoint' | 'load' | 'buildEnv' | 'ship'>;

/** One flow of Prefect 0.15 - 1.x. */
export interface Prefect1Registration extends Pick<
  Prefect1Flow,
  'flowName' | 'serializedFlow' | 'storage' | 'storageLabels'
> {
  /** `flows/project_1/flow1/flow.py:flow`, for the reader: the script finds it by its name. */
  entrypoint: string;
  declaredIn: string;
  /** SHA-256 of what ships and what is declared: changes when, and only when, one of them does. */
  digest: string;
}

/** One deployment (Prefect 3) that the flow's source asks for. */
export interface Registration {
  flowName: string;
  /** `flows/project_1/flow1/flow.py:main`, as the worker finds it in the shipped code. */
  entrypoint: string;
  /** The file that declares it: the flow file or a `prefect.yaml`. */
  declaredIn: string;
  parameterOpenapiSchema: Record<string, unknown>;
  /** The flow's own description, for a deployment that declares none. */
  description: string | null;
  /** What source declares; a field that is absent is open to options and to people. */
  fields: DeclaredFields;
  /** Whether `fields` come from a `prefect.yaml`, in which `{{ ... }}` are placeholders. */
  templated: boolean;
  /** SHA-256 of what ships and what is declared: changes when, and only when, one of them does. */
  digest: string;
}

const FORMAT_VERSION = 1;

const CLOCK = 'clock.json';

const manifestSchema = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  flow: z.string(),
  engine: z.enum(['prefect1', 'prefect3']),
  options: z.looseObject({}),
  code: z.object({ digest: z.string(), files: z.record(z.string(), z.string()) }),
  sources: z.record(z.string(), z.string()),
  registrations: z.array(z.looseObject({ flowName: z.string(), entrypoint: z.string(), digest: z.string() })),
});

/** Folder that a flow's build fills, relative to the workspace root. */
export function outputFolder(projectRoot: string): string {
  return `dist/${projectRoot}`;
}

/** @throws FlowError `not-built` when there is no readable manifest of this format */
export function readManifest(workspaceRoot: string, flow: string, projectRoot: string): Manifest {
  const file = `${outputFolder(projectRoot)}/manifest.json`;
  try {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8')));
    return { ...manifest, clock: clockOf(join(workspaceRoot, outputFolder(projectRoot))) } as unknown as Manifest;
  } catch (cause) {
    throw new FlowError({
      code: 'not-built',
      flow,
      file,
      what: 'There is no build of this flow that can be read.',
      next: `Run: nx run ${flow}:build --skip-nx-cache`,
      cause,
    });
  }
}

/** Writes a manifest and what belongs beside it to a build's folder. */
export function writeManifest(folder: string, { clock, ...manifest }: Manifest): void {
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  if (clock) writeFileSync(join(folder, CLOCK), JSON.stringify(clock));
}

function clockOf(folder: string): unknown[] {
  const file = join(folder, CLOCK);
  return existsSync(file) ? z.array(z.unknown()).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
}

export function newManifest<M extends Manifest>(content: Omit<M, 'formatVersion'>): M {
  return { formatVersion: FORMAT_VERSION, ...content } as M;
}
