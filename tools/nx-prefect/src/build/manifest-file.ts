import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { FlowError } from '../core/errors';
import { readTextIfThere } from '../core/read-file';
import { engineNamed } from '../engines/engines';
import { FORMAT_VERSION, type Manifest } from '../engines/manifest';
import { outputFolder } from '../workspace/flow-places';
import { codeDigest } from '../workspace/shipped-content';
import { digest, digestsByPath } from './manifest-paths';
import { writeWhole } from '../core/write-file';

const CLOCK = 'clock.json';

const manifestSchema = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  flow: z.string(),
  engine: z.string().refine((name) => engineNamed(name) !== undefined),
  options: z.looseObject({}),
  code: z
    .object({ digest, files: digestsByPath })
    .refine((code) => code.digest === codeDigest(code.files), 'the digest is not of these files'),
  sources: digestsByPath,
  script: z.object({ digest, files: z.strictObject({ 'flow.py': digest }) }).optional(),
  registrations: z.array(z.looseObject({ flowName: z.string(), entrypoint: z.string(), digest })),
  unregistered: z.array(z.string()),
});

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

/** Makes a build of a folder that holds all but the manifest, and puts it in its place. */
export function writeBuild(
  workspaceRoot: string,
  projectRoot: string,
  staging: string,
  { clock, ...manifest }: Manifest,
): void {
  mkdirSync(staging, { recursive: true });
  writeWhole(join(staging, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  if (clock) writeWhole(join(staging, CLOCK), JSON.stringify(clock));
  const output = join(workspaceRoot, outputFolder(projectRoot));
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  renameSync(staging, output);
}

/** Removes an earlier build: after a failed one nothing that can be registered may remain. */
export function discardBuild(workspaceRoot: string, projectRoot: string): void {
  rmSync(join(workspaceRoot, outputFolder(projectRoot)), { recursive: true, force: true });
}

function clockOf(folder: string): unknown[] {
  const text = readTextIfThere(join(folder, CLOCK));
  return text === undefined ? [] : z.array(z.unknown()).parse(JSON.parse(text));
}
