import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { FROM_ROOT } from './data-files';

export const PREFECT_YAML = 'prefect.yaml';

/** Name of the input of a flow's project: the `prefect.yaml` files that name it, wherever they lie. */
export const NAMED_BY = 'namedBy';

export function isPrefectYaml(file: string): boolean {
  return file.endsWith(PREFECT_YAML) && posix.basename(file) === PREFECT_YAML;
}

/** Those beyond {@link usualYamlFiles}, as Nx takes them among inputs. */
export function namedByInputs(root: string, files: readonly string[]): string[] {
  const usual = usualYamlFiles(root);
  return files.filter((file) => !usual.includes(file)).map((file) => `${FROM_ROOT}${file}`);
}

/**
 * The prefect.yaml files that may declare deployments of a flow: the one in its folder, the one at the workspace root,
 * and others that name it, in this order, as far as they exist.
 *
 * @param flow of its project; paths are relative to the workspace root, as are the results
 */
export function prefectYamlFiles(
  workspaceRoot: string,
  { root, namedInputs = {} }: { root: string; namedInputs?: Record<string, readonly unknown[]> | undefined },
): string[] {
  const others = (namedInputs[NAMED_BY] ?? []).map((input) => String(input).slice(FROM_ROOT.length));
  return [...usualYamlFiles(root), ...others].filter((file) => existsSync(join(workspaceRoot, file)));
}

/** Of a flow without a folder only the root's: one in the folder that it lies in may be about all else there. */
function usualYamlFiles(root: string): string[] {
  return root.endsWith('.py') ? [PREFECT_YAML] : [`${root}/${PREFECT_YAML}`, PREFECT_YAML];
}
