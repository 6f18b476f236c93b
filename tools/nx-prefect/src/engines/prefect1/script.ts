import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../core/canonical';
import { PACKAGE_ROOT } from '../../core/package-root';
import { codeDigest } from '../../workspace/shipped-content';

/** The Python part of every script; what differs stands above it. */
const TEMPLATE = join(PACKAGE_ROOT, 'python', 'nx_prefect_script.py');

/** What registering fills in, and the real library would have pickled into the flow. */
export interface ScriptSettings {
  /** S3 bucket of the default storage: results of a flow that sets none go there as well. */
  resultBucket?: string;
  /** Of an environment: what the names of the flows get, by which storage looks for them. */
  nameSuffix?: string;
}

/**
 * The one file that a flow of Prefect 0.15 - 1.x ships as: it unpacks these files where it runs, and runs the flow file
 * among them. The same bytes on every machine.
 * @param files shipped path -> content
 * @param path of the flow file
 */
export function scriptOf(path: string, files: Record<string, Buffer>, digests: Record<string, string>): string {
  const content = Object.keys(files)
    .sort()
    .map((file) => [file, files[file]!.toString('base64')] as const);
  return script(`${path} and what it imports of the workspace. It unpacks itself where it runs.`, {
    digest: codeDigest(digests),
    path,
    files: content,
    pickles: [],
  });
}

/** The same for a flow that ships by value. @param pickles flow name -> text of the library's own making */
export function pickleScriptOf(path: string, pickles: Record<string, string>): string {
  return script(`the flows of ${path} by value.`, {
    digest: '',
    path,
    files: [],
    pickles: Object.entries(pickles).sort(([a], [b]) => (a < b ? -1 : 1)),
  });
}

/** A script with its settings filled in. */
export function withSettings(text: string, settings: ScriptSettings): string {
  return text.replace(/^SETTINGS = .*$/m, () => `SETTINGS = ${literal(canonicalJson(settings))}`);
}

type Entries = readonly (readonly [string, string])[];

function script(
  what: string,
  { digest, path, files, pickles }: { digest: string; path: string; files: Entries; pickles: Entries },
): string {
  return [
    `# Made by nx-prefect: ${what}`,
    `SETTINGS = ${literal('{}')}`,
    `DIGEST = ${literal(digest)}`,
    `PATH = ${literal(path)}`,
    `FILES = ${dictionary(files)}`,
    `PICKLES = ${dictionary(pickles)}`,
    readFileSync(TEMPLATE, 'utf8').replaceAll('\r\n', '\n'),
  ].join('\n');
}

function dictionary(entries: Entries): string {
  return entries.length === 0
    ? '{}'
    : `{\n${entries.map(([key, value]) => `    ${literal(key)}: ${literal(value)},`).join('\n')}\n}`;
}

/** A JSON string in ASCII is a Python string too, but for what lies beyond 16 bits. */
function literal(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/gu,
    (letter) => `\\U${letter.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
}
