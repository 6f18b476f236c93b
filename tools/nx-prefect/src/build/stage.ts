import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import { readIfThere } from '../core/read-file';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';
import { shippedContent } from '../workspace/shipped-content';

/** Copies what ships to a folder of its own: what is loaded is what ships, and nothing else. */
export function stage(workspaceRoot: string, flow: FlowToBuild): StagedFlow {
  const codeFiles: Record<string, string> = {};
  const sources: Record<string, string> = {};
  const folders = new Set<string>();
  for (const { from, to } of flow.files) {
    const content = shippedContent(from, readSource(workspaceRoot, from, flow.flow));
    const target = join(flow.code, to);
    const folder = dirname(target);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(target, content);
    codeFiles[to] = sources[from] = sha256(content);
  }
  for (const file of flow.prefectYaml)
    sources[file] = sha256(shippedContent(file, readSource(workspaceRoot, file, flow.flow)));
  return { ...flow, codeFiles, sources };
}

/** What was loaded is what ships only if the load left it alone: the error if it did not. */
export function changedByLoad({ flow, code, codeFiles }: StagedFlow): FlowError | undefined {
  const changed = Object.entries(codeFiles).find(([file, digest]) => digestOf(join(code, file)) !== digest);
  if (!changed) return undefined;
  return new FlowError({
    code: 'source-changed-by-load',
    flow,
    file: changed[0],
    what: 'The flow changes this file, which ships with it, while it is loaded.',
    next: 'Write to a temporary folder (`tempfile`), or inside the flow or a task.',
  });
}

function digestOf(file: string): string | undefined {
  const content = readIfThere(file);
  return content && sha256(content);
}

function readSource(workspaceRoot: string, file: string, flow: string): Buffer {
  try {
    return readFileSync(join(workspaceRoot, file));
  } catch (cause) {
    throw new FlowError({
      code: 'source-vanished',
      flow,
      file,
      what: 'The file was listed and can no longer be read.',
      next: 'Run the command again.',
      cause,
    });
  }
}
