import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { canonicalJson, sha256 } from '../core/canonical';
import { readTextIfThere } from '../core/read-file';
import { writeWhole } from '../core/write-file';
import { engineNamed } from '../engines/engines';
import { FORMAT_VERSION, type Manifest } from '../engines/manifest';
import { outputFolder } from '../workspace/flow-places';
import { codeDigest } from '../workspace/shipped-content';
import { digest, digestsByPath } from './manifest-paths';

const MANIFEST = 'manifest.json';
/** What differs from build to build, or holds on one machine only, lies beside the manifest. */
const CLOCK = 'clock.json';
const OPENED = 'opened.json';

const manifestSchema = z.looseObject({
  formatVersion: z.literal(FORMAT_VERSION),
  sourceDigest: digest,
  flow: z.string(),
  engine: z.string().refine((name) => engineNamed(name) !== undefined),
  options: z.looseObject({}),
  code: z
    .object({ digest, files: digestsByPath })
    .refine((code) => code.digest === codeDigest(code.files), 'the digest belongs to other files'),
  sources: digestsByPath,
  environmentRead: z.array(z.string()),
  script: z.object({ digest, files: z.strictObject({ 'flow.py': digest }) }).optional(),
  registrations: z.array(
    z.looseObject({ flowName: z.string(), entrypoint: z.string(), declaredIn: z.string(), digest }),
  ),
  unregistered: z.array(z.string()),
});
const clockSchema = z.array(z.unknown());
const openedSchema = z.record(z.string(), z.string().nullable());

/** The build in `dist/`; undefined when there is none that can be read, or one of another format. */
export function readManifest(workspaceRoot: string, projectRoot: string): Manifest | undefined {
  const folder = join(workspaceRoot, outputFolder(projectRoot));
  try {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')));
    const clock = readIfWritten(join(folder, CLOCK), clockSchema);
    const opened = readIfWritten(join(folder, OPENED), openedSchema);
    return { ...manifest, ...(clock && { clock }), ...(opened && { opened }) } as unknown as Manifest;
  } catch {
    return undefined;
  }
}

/** Makes a build of a folder that holds all but the manifest, and puts it in its place. */
export function writeBuild(
  workspaceRoot: string,
  projectRoot: string,
  staging: string,
  { clock, opened, ...manifest }: Manifest,
): void {
  mkdirSync(staging, { recursive: true });
  writeWhole(join(staging, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  if (clock) writeWhole(join(staging, CLOCK), JSON.stringify(clock));
  if (opened) writeWhole(join(staging, OPENED), JSON.stringify(opened));
  const output = join(workspaceRoot, outputFolder(projectRoot));
  rmSync(output, { recursive: true, force: true });
  mkdirSync(dirname(output), { recursive: true });
  renameSync(staging, output);
}

/** Removes an earlier build: after a failed one nothing that can be registered may remain. */
export function discardBuild(workspaceRoot: string, projectRoot: string): void {
  rmSync(join(workspaceRoot, outputFolder(projectRoot)), { recursive: true, force: true });
}

/** A build as other machines read it, with the digest of what it says. */
export function sharedText(manifest: Manifest): string {
  return JSON.stringify({ digest: sha256(canonicalJson(manifest)), manifest });
}

/** Back from a text that came from elsewhere; undefined for one that is damaged, or of another form. */
export function readShared(text: string): Manifest | undefined {
  try {
    const { manifest, digest: said } = z.strictObject({ digest, manifest: z.unknown() }).parse(JSON.parse(text));
    if (sha256(canonicalJson(manifest)) !== said) return undefined;
    const shared = manifestSchema.extend({ clock: clockSchema.optional(), opened: z.undefined().optional() });
    return shared.parse(manifest) as unknown as Manifest;
  } catch {
    return undefined;
  }
}

function readIfWritten<T>(file: string, schema: z.ZodType<T>): T | undefined {
  const text = readTextIfThere(file);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
