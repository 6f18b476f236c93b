import { PLUGIN } from '../../paths';
import type { Contestant } from '../contestant';
import { forgetGraph, graphEdges, insidePlugin, nxWorkspace, showProjects } from './nx';

export const ours: Contestant = {
  name: 'nx-prefect',
  what: 'this plugin, `nx show projects` without a daemon',
  prepare: (_, root) => nxWorkspace(root, 'nx-prefect', PLUGIN, {}),
  forget: forgetGraph,
  command: showProjects,
  found: async (plan, root) => graphEdges(root, plan),
  inside: insidePlugin,
};
