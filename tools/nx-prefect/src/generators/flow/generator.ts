import { join } from 'node:path';
import { type Tree, generateFiles, joinPathFragments, readNxJson } from '@nx/devkit';
import { FlowError } from '../../core/errors';
import { parsePluginOptions } from '../../options/plugin-options';
import type { FlowGeneratorOptions } from '../../options/flow-generator-options';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** What `from flows.<project>.<flow> import ...` can name. */
const IMPORTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Writes `flows/<project>/<flow>/`. @throws FlowError `flow-name`, `flow-exists` */
export default async function flowGenerator(tree: Tree, { flow }: FlowGeneratorOptions): Promise<() => void> {
  const { flowsDirectory } = pluginOptions(tree);
  const [project, name] = split(flow, flowsDirectory);
  const folder = joinPathFragments(flowsDirectory, project, name);
  if (tree.exists(folder)) {
    throw new FlowError({
      code: 'flow-exists',
      file: folder,
      what: 'There is a file or folder of that name already.',
      next: 'Choose another name, or remove it first.',
    });
  }
  // The server tells flows apart by their names alone: with the project's in it, two projects can both have a flow1.
  generateFiles(tree, join(__dirname, 'files'), folder, { flow: `${project}-${name}` });
  return () => process.stdout.write(nextSteps(project, name));
}

function split(flow: string, flowsDirectory: string): [project: string, name: string] {
  const path = String(flow).replaceAll('\\', '/').replace(/\/+$/, '');
  const parts = (path.startsWith(`${flowsDirectory}/`) ? path.slice(flowsDirectory.length + 1) : path).split('/');
  const [project, name] = parts;
  if (parts.length === 2 && project !== undefined && name !== undefined && NAME.test(project) && NAME.test(name))
    return [project, name];
  throw new FlowError({
    code: 'flow-name',
    what: `"${flow}" does not name a flow.`,
    next: 'Give <project>/<flow> in letters, digits, "_" and "-": nx g nx-prefect:flow project_3/flow9',
  });
}

function pluginOptions(tree: Tree) {
  const entry = readNxJson(tree)?.plugins?.find(
    (plugin) => typeof plugin !== 'string' && plugin.plugin === 'nx-prefect',
  );
  return parsePluginOptions(typeof entry === 'object' ? entry.options : undefined);
}

function nextSteps(project: string, name: string): string {
  const advice = [project, name].every((part) => IMPORTABLE.test(part))
    ? ''
    : '\nOther flows can\'t import from a folder whose name begins with a digit or holds a "-"; with "_" they can.\n';
  return `${advice}
Test it:      npx nx run ${project}-${name}:test
Register it:  npx nx run ${project}-${name}:register
`;
}
