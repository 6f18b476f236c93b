import { posix } from 'node:path';
import { parseDocument } from 'yaml';
import { isObject } from '../core/is-object';

/** What a `prefect.yaml` names as the code of one deployment. */
interface NamedEntrypoint {
  /** The deployment's name, '' where it has none. */
  deployment: string;
  /** As it is written: `flows/etl.py:main`, `my_pkg.flows.daily:main`. */
  entrypoint: string;
}

/** The entrypoints of a file, or why it can't be read. The rest of it is read by Prefect, when a flow is built. */
export type NamedEntrypoints = { named: NamedEntrypoint[] } | { reason: string };

/** Raise it when an answer changes: kept ones of unchanged files are then read again. */
export const ENTRYPOINTS_VERSION = 1;

export function namedEntrypoints(text: string): NamedEntrypoints {
  try {
    const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
    const [error] = document.errors;
    if (error) return { reason: error.message.split('\n')[0]!.replace(/:$/, '') };
    const content: unknown = document.toJS();
    const deployments = isObject(content) ? (content as { deployments?: unknown }).deployments : undefined;
    return { named: Array.isArray(deployments) ? deployments.flatMap(namedBy) : [] };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/**
 * Where the file of an entrypoint may lie: below the folder of the `prefect.yaml`, below the workspace root, or, for a
 * module, below a source root.
 *
 * @param file workspace path of the `prefect.yaml`
 */
export function entrypointFiles(entrypoint: string, file: string, sourceRoots: readonly string[]): string[] {
  const path = fileOf(entrypoint);
  const folders = [posix.dirname(file), '.', ...(entrypoint.includes('.py') ? [] : sourceRoots)];
  return [...new Set(folders.map((folder) => posix.join(folder, path)))];
}

/** `pkg/flow.py:main`, `pkg.flow:main`, `pkg.flow.main`: as Prefect's `import_object` does. */
function fileOf(entrypoint: string): string {
  if (entrypoint.endsWith('.py')) return entrypoint;
  const separator = entrypoint.includes(':') ? ':' : '.';
  const module = entrypoint.slice(0, entrypoint.lastIndexOf(separator));
  return module.endsWith('.py') ? module : `${module.replaceAll('.', '/')}.py`;
}

function namedBy(entry: unknown): NamedEntrypoint[] {
  if (!isObject(entry)) return [];
  const { name, entrypoint } = entry as { name?: unknown; entrypoint?: unknown };
  if (typeof entrypoint !== 'string' || entrypoint === '') return [];
  return [{ deployment: typeof name === 'string' ? name : '', entrypoint }];
}
