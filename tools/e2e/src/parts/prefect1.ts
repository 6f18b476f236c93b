import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describeWithEnvironments } from './environments';
import type { S3 } from './s3';
import { ROOT, run } from './workspace';

export const PREFECT1_VERSIONS = ['0.15', '1.4'] as const;
export type Prefect1Version = (typeof PREFECT1_VERSIONS)[number];

/** The environment that `npm run test:all` makes for a Prefect before 3, a folder. */
export function prefect1Environment(version: Prefect1Version): string {
  return join(ROOT, 'tools', 'e2e', `.venv-prefect${version}`);
}

export function pythonOf(environment: string): string {
  return join(environment, 'bin', 'python');
}

/** A suite that needs these environments. */
export function describeWith(versions: readonly Prefect1Version[], name: string, suite: () => void): void {
  describeWithEnvironments(versions.map(prefect1Environment), name, suite);
}

const LOAD = `
import os, sys, prefect
from prefect.utilities.storage import extract_flow_from_file
with open(sys.argv[1], "rb") as file:
    script = file.read()
with prefect.context(loading_flow=True):
    flow = extract_flow_from_file(file_contents=script, flow_name=sys.argv[2])
state = flow.run()
results = sorted(result.result for result in state.result.values())
print("GAVE", results, getattr(flow.result, "bucket", None), os.getcwd())
`;

/**
 * Loads a flow's script as storage does, in a process of its own that finds nothing else, and runs the flow.
 * @param folder working directory, home and place of temporary files
 * @returns the tasks' results, the bucket of the flow's own result, and the working directory; else all output
 */
export async function runScript(
  version: Prefect1Version,
  script: string,
  flow: string,
  folder: string,
): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder };
  const { output } = await run(pythonOf(prefect1Environment(version)), ['-W', 'ignore', '-c', LOAD, script, flow], {
    cwd: folder,
    env,
  });
  return /^GAVE (.*)$/m.exec(output)?.[1] ?? output;
}

/** Where a flow is in S3; as a script unless told. */
export interface StoredFlow {
  name: string;
  bucket: string;
  key: string;
  stored_as_script?: boolean;
}

/**
 * Loads flows from S3 with the real library, in an empty directory, and runs them.
 * @param how each in a process of its own, or one after the other in one
 * @returns by name: empty, or what went wrong
 */
export async function runFromS3(
  version: Prefect1Version,
  s3: S3,
  how: 'apart' | 'together',
  flows: StoredFlow[],
): Promise<Record<string, string>> {
  const empty = mkdtempSync(join(tmpdir(), 'nx-prefect-empty-'));
  const env = { PATH: process.env['PATH'], HOME: empty, TMPDIR: empty, SHAPES_WHERE: 'where it runs', ...s3.env };
  const child = spawn(
    pythonOf(prefect1Environment(version)),
    ['-W', 'ignore', join(__dirname, 'prefect1_run.py'), how],
    { cwd: empty, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] },
  );
  child.stdin?.end(JSON.stringify(flows));
  const [said = '', answer = ''] = await Promise.all(
    [child.stderr, child.stdio[3], child.stdout].map((stream) => text(stream as Readable)),
  );
  rmSync(empty, { recursive: true, force: true });
  if (!answer) throw new Error(said);
  return JSON.parse(answer) as Record<string, string>;
}
