import { appendFileSync } from 'node:fs';
import type { CreateDependencies, CreateNodes } from '@nx/devkit';
import { Stopwatch } from '../stopwatch';
import type { Inside } from './contestant';

interface Plugin {
  createNodes?: CreateNodes;
  createDependencies?: CreateDependencies;
}

/**
 * The plugin at a path, as it is, but that what each call took is recorded, a line of JSON each, where it runs: in Nx's
 * worker for it.
 */
export function timedPlugin(path: string, record: string): Plugin & { name: string } {
  const { name = 'timed', createNodes, createDependencies } = require(path) as Plugin & { name?: string };
  const timed =
    <Args extends unknown[], Result>(call: (...args: Args) => Result) =>
    async (...args: Args): Promise<Awaited<Result>> => {
      const watch = new Stopwatch();
      const result = await call(...args);
      const taken: Inside = watch.stop();
      appendFileSync(record, `${JSON.stringify(taken)}\n`);
      return result;
    };
  return {
    name,
    ...(createNodes ? { createNodes: [createNodes[0], timed(createNodes[1])] } : {}),
    ...(createDependencies ? { createDependencies: timed(createDependencies) } : {}),
  };
}
