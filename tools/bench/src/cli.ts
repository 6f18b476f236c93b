import { parseArgs } from 'node:util';
import { benchDocker } from './docker/bench-docker';
import { benchGraph } from './graph/bench-graph';
import { benchRegister } from './register/bench-register';
import type { Engine } from './register/engine';

const USAGE = `npm run bench                # all of these; options then hold for each that has them
npm run bench -- register [--engine 3] [--flows 10,100,500] [--runs 3] [--only ours,deploy]
                          [--scenarios first,nothing] [--limit 300] [--count] [--json FILE] [--svg FILE]
npm run bench -- graph [--flows 100,1000,10000] [--runs 3] [--only ours,pants] [--limit 300] [--seed 1] [--json FILE]
                          [--shape flat]
npm run bench -- docker [--runs 3] [--only ours,shell] [--limit 300] [--json FILE]

  --engine 3 (default), or 1: Prefect 0.15.13 on CPython 3.7
  --flows  sizes of the generated workspaces
  --runs   how often each contestant does each scenario, in turn
  --only   contestants: ours, nxlv, pants, ruff, read, scan, bare; of docker: ours, shell, container, cdk;
           of register: ours, fresh, build, each; also load, rest, client, deploy, or with --engine 1 register
  --scenarios  of register: first, nothing, fresh, flow, lib, revert
  --shape  of graph: folders (default), or flat: a file for each flow (ours, read, scan)
  --limit  seconds after which a contestant is stopped and left out of the rest of a size
  --count  counts requests, bytes to S3 and Python processes, through a proxy, instead of times
  --json   writes every single measurement there
  --svg    draws the times over the flows`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: '3' },
      flows: { type: 'string' },
      count: { type: 'boolean', default: false },
      svg: { type: 'string' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      scenarios: { type: 'string' },
      limit: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      shape: { type: 'string', default: 'folders' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [bench, ...more] = positionals;
  const sizes = (usual: string) => (values.flows ?? usual).split(',').map(Number);
  const common = {
    runs: Number(values.runs),
    only: values.only?.split(','),
    limitSeconds: Number(values.limit),
    json: values.json,
  };
  const register = (engine: Engine) =>
    benchRegister({
      ...common,
      engine,
      sizes: sizes(engine === 3 ? '10,100,500' : '10,200'),
      scenarios: values.scenarios?.split(','),
      count: values.count,
      svg: values.svg,
    });
  const benches: Record<string, () => Promise<number>> = {
    register: () => register(values.engine === '1' ? 1 : 3),
    graph: () =>
      benchGraph({
        ...common,
        sizes: sizes('100,1000,10000'),
        seed: Number(values.seed),
        shape: values.shape === 'flat' ? 'flat' : 'folders',
      }),
    docker: () => benchDocker(common),
  };
  if (
    values.help ||
    more.length > 0 ||
    !['1', '3'].includes(values.engine) ||
    !['folders', 'flat'].includes(values.shape) ||
    (bench !== undefined && !(bench in benches))
  ) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  if (bench !== undefined) return benches[bench]!();
  let worst = 0;
  for (const each of [() => register(3), () => register(1), benches['graph']!, benches['docker']!])
    worst = Math.max(worst, await each());
  return worst;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
