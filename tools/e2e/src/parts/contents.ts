import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../../nx-prefect/src/engines/manifest';
import type { Workspace } from './workspace';

/** Builds all flows. @returns what is in dist/flows, by path */
export async function buildAll(made: Workspace, env: Record<string, string>): Promise<Map<string, Buffer>> {
  const { code, output } = await made.nx(['run-many', '-t', 'build'], { env });
  if (code !== 0) throw new Error(output);
  return contents(made, 'dist/flows');
}

/** What the last build of a flow wrote down. @param flow `project_1/flow1` */
export function manifestOf<M = Manifest>(made: Workspace, flow: string): M {
  return JSON.parse(made.read(`dist/flows/${flow}/manifest.json`)) as M;
}

export function contents(made: Workspace, folder: string): Map<string, Buffer> {
  return new Map(listed(made.root, folder).map((file) => [file, readFileSync(made.path(file))]));
}

/** Files below a folder, by workspace path, sorted; links are not followed. */
export function listed(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
    .filter((file) => !/^(\.git|\.nx|node_modules)\//.test(file))
    .sort();
}

/** Files that are not the same in both. */
export function different(one: Map<string, Buffer>, other: Map<string, Buffer>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter(
    (file) => !other.get(file)?.equals(one.get(file) ?? Buffer.from('absent')),
  );
}
