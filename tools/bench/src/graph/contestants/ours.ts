import { PLUGIN } from '../../paths';
import type { Contestant } from '../contestant';
import { graphEdges, nxWorkspace, onNx } from './nx';

export const ours: Contestant = {
  ...onNx,
  name: 'nx-prefect',
  what: 'this plugin, `nx show projects` without a daemon',
  prepare: (_, root) => nxWorkspace(root, 'nx-prefect', PLUGIN, {}),
  found: async (plan, root) => graphEdges(root, plan),
};
