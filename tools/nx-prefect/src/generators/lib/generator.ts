import { join } from 'node:path';
import { type Tree, generateFiles } from '@nx/devkit';
import type { LibGeneratorOptions } from '../../options/lib-generator-options';
import { say } from '../../report/terminal';
import { badName, freePath, IMPORTABLE, partsOf, pluginOptions } from '../workspace-of-tree';

const NEXT = 'Give a name that Python can import: nx g nx-prefect:lib alerts';

/** Writes a package that flows share. @throws FlowError `flow-name`, `flow-exists` */
export default async function libGenerator(tree: Tree, { lib }: LibGeneratorOptions): Promise<() => void> {
  const { libsDirectory } = pluginOptions(tree);
  const [name = '', ...more] = partsOf(lib, libsDirectory, NEXT);
  if (more.length > 0 || !IMPORTABLE.test(name)) throw badName(lib, NEXT);
  generateFiles(tree, join(__dirname, 'files'), freePath(tree, libsDirectory, name), { lib: name });
  return () => say(`\nImport it:  from ${name} import sentence\nTest it:    npx nx run ${name}:test`);
}
