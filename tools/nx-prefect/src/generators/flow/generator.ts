import { join, posix } from 'node:path';
import { type Tree, generateFiles } from '@nx/devkit';
import type { FlowGeneratorOptions } from '../../options/flow-generator-options';
import { say } from '../../report/terminal';
import { withPlugin } from '../../verbs/init/edits';
import { globPattern } from '../../core/glob';
import libGenerator from '../lib/generator';
import { badName, freePath, IMPORTABLE, installedFor, partsOf, pluginOptions } from '../workspace-of-tree';

const NEXT =
  'Give <project>/<flow> in letters, digits, "_" and "-": nx g nx-prefect:flow project_3/flow9 ' +
  '(with --flat one name is enough)';

/** Writes a flow for the Prefect of its environment. @throws FlowError `flow-name`, `flow-exists` */
export default async function flowGenerator(
  tree: Tree,
  { flow, schedule, lib, flat = false }: FlowGeneratorOptions,
): Promise<() => void> {
  const { flowsDirectory, libsDirectory } = pluginOptions(tree);
  const parts = partsOf(flow, flowsDirectory, NEXT);
  if (parts.length !== 2 && !(flat && parts.length === 1)) throw badName(flow, NEXT);
  const [name, folder] = [parts.at(-1) ?? '', parts.at(-2) ?? ''];
  if (lib !== undefined && !tree.exists(`${libsDirectory}/${lib}`)) await libGenerator(tree, { lib });
  // The server tells flows apart by their names alone: with the project's in it, two projects can both have a flow1.
  const values = { flow: parts.join('-'), schedule: schedule ?? '', lib: lib ?? '', file: name };
  const templates = (kind: string, at: string) => join(__dirname, 'files', kind, installedFor(tree, at).engine.name);
  if (flat) {
    const file = freePath(tree, flowsDirectory, folder, `${name}.py`);
    generateFiles(tree, templates('flat', posix.dirname(file)), posix.dirname(file), values);
    nameFile(tree, file);
    return () => say(nextSteps(name, [name, folder || 'flows'], false));
  }
  const root = freePath(tree, flowsDirectory, folder, name);
  generateFiles(tree, templates('folder', root), root, values);
  return () => say(nextSteps(`${folder}-${name}`, [folder, name], true));
}

/** A file is a flow only where the option `flows` says so. */
function nameFile(tree: Tree, file: string): void {
  const { flows } = pluginOptions(tree);
  if (flows.some((pattern) => globPattern(pattern).test(file))) return;
  const nxJson = tree.read('nx.json', 'utf8') ?? undefined;
  tree.write('nx.json', withPlugin(nxJson, { flows: [...flows, file] }, 'main'));
}

function nextSteps(project: string, names: string[], hasTests: boolean): string {
  const advice = names.every((part) => IMPORTABLE.test(part))
    ? ''
    : '\nOther flows can\'t import from a folder whose name begins with a digit or holds a "-"; with "_" they can.\n';
  const test = hasTests ? `Test it:      npx nx run ${project}:test\n` : '';
  return `${advice}\n${test}Register it:  npx nx run ${project}:register`;
}
