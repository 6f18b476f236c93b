import type { Tree } from '@nx/devkit';
import { finishInit } from '../../cli/init';
import { type InitOptions, schema } from '../../options/init-options';
import { parseOptions } from '../../options/parse-options';
import { asker } from '../../report/ask';
import { foundLines, undoneLines, writtenLines } from '../../report/init-lines';
import { show } from '../../report/terminal';
import { foundRows } from '../../verbs/init/found-rows';
import { prepareInit } from '../../verbs/init/init';
import { undo } from '../../verbs/init/record';

/** Words that `nx add` gives every init generator. */
const OF_NX_ADD = new Set(['keepExistingVersions', 'updatePackageScripts', 'plugins', 'skipFormat']);

/** `nx g nx-prefect:init`, which `nx add` calls: the same as `npx nx-prefect init`. */
export default async function initGenerator(tree: Tree, given: object): Promise<() => Promise<void>> {
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => !OF_NX_ADD.has(name)));
  const options: InitOptions = parseOptions(schema, 'init', own, 'npx nx g nx-prefect:init --help');
  if (options.undo) return async () => show(undoneLines(undo(tree.root)));
  const init = await prepareInit(tree.root, options, asker());
  show(foundLines(foundRows(init.findings)));
  for (const { path, content } of init.edits.length === 0 ? [] : [init.record, ...init.edits])
    tree.write(path, content);
  return async () => {
    show(writtenLines(init.edits.map(({ path }) => path)));
    if ((await finishInit(tree.root, options, init)) !== 0) process.exitCode = 1;
  };
}
