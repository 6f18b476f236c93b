import { type Tree, joinPathFragments, readNxJson } from '@nx/devkit';
import { FlowError } from '../core/errors';
import type { Engine } from '../engines/engine';
import { DEFAULT_ENGINE } from '../engines/engines';
import { parsePluginOptions, type PluginOptions } from '../options/plugin-options';
import { findEnvironmentOf, type Installed } from '../verbs/init/find-environments';

/** A name that a folder, a file and a project can have. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** A name that Python can import. */
export const IMPORTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export function pluginOptions(tree: Tree): PluginOptions {
  const entry = readNxJson(tree)?.plugins?.find(
    (plugin) => typeof plugin !== 'string' && plugin.plugin === 'nx-prefect',
  );
  return parsePluginOptions(typeof entry === 'object' ? entry.options : undefined);
}

/** What is installed for flows of a folder; nothing of it where there is no environment. */
export function installedFor(tree: Tree, folder: string): Partial<Installed> & { engine: Engine } {
  const { python } = pluginOptions(tree).build as { python?: string };
  const found = findEnvironmentOf(tree.root, folder, python);
  return { ...found, engine: found?.engine ?? DEFAULT_ENGINE };
}

/** `flows/project_3/flow9/`, `project_3/flow9`: the parts below a folder. @throws FlowError `flow-name` */
export function partsOf(path: unknown, folder: string, next: string): string[] {
  const whole = String(path).replaceAll('\\', '/').replace(/\/+$/, '');
  const parts = (whole.startsWith(`${folder}/`) ? whole.slice(folder.length + 1) : whole).split('/');
  if (parts.every((part) => NAME.test(part))) return parts;
  throw badName(path, next);
}

export function badName(name: unknown, next: string): FlowError {
  return new FlowError({ code: 'flow-name', what: `"${String(name)}" is not a name that can be used here.`, next });
}

/** @returns the path. @throws FlowError `flow-exists` for one that is taken */
export function freePath(tree: Tree, ...parts: string[]): string {
  const path = joinPathFragments(...parts);
  if (!tree.exists(path)) return path;
  throw new FlowError({
    code: 'flow-exists',
    file: path,
    what: 'There is a file or folder of that name already.',
    next: 'Choose another name, or remove it first.',
  });
}
