import type { ProjectGraph } from '@nx/devkit';
import { flowFileOf } from '../workspace/flow-places';
import type { FlowNote } from '../workspace/flow-files';
import { MODULES } from './sentinel';

/**
 * Says what the graph found to count for nothing and concerns a flow, in sentences. What concerns no flow in particular
 * is said of a run over all of them.
 *
 * @param projects of the run
 */
export function notesOfGraph(
  { nodes, externalNodes = {} }: Pick<ProjectGraph, 'nodes' | 'externalNodes'>,
  projects: readonly string[],
): (project: string) => string[] {
  const { notes = [] } = (externalNodes[MODULES]?.data ?? {}) as { notes?: readonly FlowNote[] };
  if (notes.length === 0) return () => [];
  const flows = Object.values(nodes).filter(({ data }) => data.tags?.includes('type:flow'));
  const isWhole = new Set(projects).size >= flows.length;
  return (project) => {
    const root = nodes[project]?.data.root;
    const concern = ({ about }: FlowNote) =>
      about.length === 0 ? isWhole : root !== undefined && about.includes(flowFileOf(root));
    return notes.filter(concern).map(({ text }) => `Warning: ${text}`);
  };
}
