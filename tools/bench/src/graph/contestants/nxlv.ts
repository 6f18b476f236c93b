import { join } from 'node:path';
import { npmPeer } from '../../peers';
import type { Contestant } from '../contestant';
import type { Plan } from '../plan';
import { graphEdges, nxWorkspace, onNx } from './nx';

const VERSION = '23.1.1';

/**
 * It infers edges (top-level names of imports -> the project whose pyproject.toml has such a package), but no projects.
 */
export const nxlv: Contestant = {
  ...onNx,
  name: '@nxlv/python',
  what:
    `${VERSION}, \`inferDependencies\`, a project.json and a pyproject.toml in each project, ` +
    '`nx show projects` without a daemon',
  prepare: (plan, root) => ({
    ...nxWorkspace(root, 'nxlv-python', join(npmPeer('@nxlv/python', VERSION), 'node_modules', '@nxlv', 'python'), {
      packageManager: 'uv',
      inferDependencies: true,
    }),
    ...projectFiles(plan),
  }),
  found: async (plan, root) => ({ projects: graphEdges(root, plan).projects }),
};

function projectFiles({ flows, libs }: Plan): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, root } of [...flows, ...libs]) {
    files[`${root}/project.json`] = JSON.stringify({ name });
    files[`${root}/pyproject.toml`] = `[project]
name = "${name}"
version = "1.0.0"
dependencies = []

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.targets.wheel]
packages = ["."]
`;
  }
  return files;
}
