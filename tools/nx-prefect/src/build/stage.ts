import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
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
