import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const PREFECT_YAML = 'prefect.yaml';

/**
 * The prefect.yaml files that may declare deployments of a flow: the one in its folder and the one at the workspace
 * root, in this order, as far as they exist.
 *
 * @param folder the flow's, relative to the workspace root, as are the results
 */
export function prefectYamlFiles(workspaceRoot: string, folder: string): string[] {
  return [`${folder}/${PREFECT_YAML}`, PREFECT_YAML].filter((file) => existsSync(join(workspaceRoot, file)));
}
