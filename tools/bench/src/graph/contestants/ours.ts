import { PLUGIN } from '../../paths';
import type { Contestant } from '../contestant';
import { FLAT_PATTERN } from '../flat';
import { graphEdges, nxWorkspace, onNx } from './nx';

export const ours: Contestant = {
  ...onNx,
  name: 'nx-prefect',
  what: 'this plugin, `nx show projects` without a daemon',
  prepare: ({ flows }, root) => {
    const isFlat = flows.some(({ root: file }) => file.endsWith('.py'));
    return nxWorkspace(root, 'nx-prefect', PLUGIN, isFlat ? { flows: [FLAT_PATTERN] } : {});
  },
  found: async (plan, root) => graphEdges(root, plan),
};
