import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256 } from '../core/canonical';
import { FlowError } from '../core/errors';
import { readIfThere } from '../core/read-file';
import type { FlowToBuild, StagedFlow } from '../engines/staged-flow';
import { addDeclared } from '../workspace/prefect-yaml-part';
import { readShipped } from '../workspace/read-shipped';
import { refuseSecret } from '../workspace/secret-files';
import { writeWhole } from '../core/write-file';

/** The workspace's files, for a run that builds. */
export interface SourceTree {
  workspaceRoot: string;
  /** All files that git tracks or would add. */
  known: ReadonlySet<string>;
}

/**
 * Copies what ships to a folder of its own: what is loaded is what ships, and nothing else.
 * @throws FlowError for a link out of the workspace, a secret, or anything that is not a file
 */
export function stage({ workspaceRoot, known }: SourceTree, flow: FlowToBuild): StagedFlow {
  const read = (file: string) => readShipped(workspaceRoot, file, { flow: flow.flow, known });
  const codeFiles: Record<string, string> = {};
  const sources: Record<string, string> = {};
  const folders = new Set<string>();
  // A lib's file ships to two places.
  const contents = new Map<string, Buffer>();
  const contentOf = (from: string): Buffer => {
    const { content, realPath } = read(from);
    refuseSecret(flow.flow, [from, realPath], content, flow.options.allowSecretFiles);
    sources[from] = sha256(content);
    contents.set(from, content);
    return content;
  };
  for (const { from, to } of flow.files) {
    const content = contents.get(from) ?? contentOf(from);
    const target = join(flow.code, to);
    const folder = dirname(target);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeWhole(target, content);
    codeFiles[to] = sources[from]!;
  }
  addDeclared(sources, flow, (file) => read(file).content.toString());
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
    what: 'While it is loaded, the flow changes this file, which ships with it.',
    next: 'Write to a temporary folder (`tempfile`), or inside the flow or a task.',
  });
}

function digestOf(file: string): string | undefined {
  const content = readIfThere(file);
  return content && sha256(content);
}
