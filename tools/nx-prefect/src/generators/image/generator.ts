import { join } from 'node:path';
import { type Tree, generateFiles } from '@nx/devkit';
import type { ImageGeneratorOptions } from '../../options/image-generator-options';
import { say } from '../../report/terminal';
import { badName, freePath, installedFor, partsOf, pluginOptions } from '../workspace-of-tree';

const NEXT = 'Give a name in letters, digits, "_" and "-": nx g nx-prefect:image etl';
/** Where no environment tells. */
const [PYTHON, PREFECT] = ['3.12', '3.*'];

/**
 * Writes an image with the Python and the Prefect of the root's environment.
 * @throws FlowError `flow-name`, `flow-exists`
 */
export default async function imageGenerator(tree: Tree, { image }: ImageGeneratorOptions): Promise<() => void> {
  const { imagesDirectory } = pluginOptions(tree);
  const [name = '', ...more] = partsOf(image, imagesDirectory, NEXT);
  if (more.length > 0) throw badName(image, NEXT);
  const { python = PYTHON, prefect = PREFECT } = installedFor(tree, '.');
  const values = { image: name, python: python.replace('python', ''), prefect };
  generateFiles(tree, join(__dirname, 'files'), freePath(tree, imagesDirectory, name), values);
  return () =>
    say(`
Put it into ECR:   npx nx run ${name}:docker-deploy
Run flows in it:   {"register": {"image": {"projectOf": "${name}"}}} among the plugin's options in nx.json`);
}
