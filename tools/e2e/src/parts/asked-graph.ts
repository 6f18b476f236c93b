import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment, run, type Workspace } from './workspace';

/** A project graph, as Nx has it. */
export interface Graph {
  nodes: Record<string, { name: string; data: { root: string; targets?: Record<string, unknown> } }>;
  dependencies: Record<string, { target: string }[]>;
}

export interface AskedGraph {
  graph: Graph;
  /** File -> the tasks `build` and `test` that `nx affected` picks for an edit of it. */
  affected: Record<string, string[]>;
  /** What the plugin said meanwhile. */
  output: string;
}

/** A workspace's graph and what edits of single files affect, in one process: graph-process.mjs. */
export async function askGraph(workspace: Workspace, files: readonly string[]): Promise<AskedGraph> {
  const answer = workspace.path('.nx/answer.json');
  const { code, output } = await run(
    process.execPath,
    [join(__dirname, 'graph-process.mjs'), JSON.stringify({ answer, files })],
    { cwd: workspace.root, env: { ...cleanEnvironment(), NX_DAEMON: 'false' } },
  );
  if (code !== 0) throw new Error(output);
  return { ...(JSON.parse(readFileSync(answer, 'utf8')) as Omit<AskedGraph, 'output'>), output };
}
