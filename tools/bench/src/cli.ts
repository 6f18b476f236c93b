import { parseArgs } from 'node:util';
import { benchDocker } from './docker/bench-docker';
import { benchGraph } from './graph/bench-graph';

const USAGE = `npm run bench -- graph [--flows 100,1000,10000] [--runs 3] [--only ours,pants] [--limit 300] [--seed 1] [--json FILE]
npm run bench -- docker [--runs 3] [--only ours,shell] [--limit 300] [--json FILE]

  --flows  sizes of the generated workspaces
  --runs   how often each contestant does each scenario, in turn
  --only   contestants: ours, nxlv, pants, ruff, read, scan; of docker: ours, shell, container, cdk
  --limit  seconds after which a contestant is stopped and left out of the rest of a size
  --json   writes every single measurement there`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      flows: { type: 'string', default: '100,1000,10000' },
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      limit: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const [bench] = positionals;
  if (values.help || positionals.length !== 1 || (bench !== 'graph' && bench !== 'docker')) {
    console.log(USAGE);
    return values.help ? 0 : 1;
  }
  if (bench === 'docker') {
    return benchDocker({ runs: Number(values.runs), only: values.only?.split(','), limitSeconds: Number(values.limit), json: values.json });
  }
  return benchGraph({
    sizes: values.flows.split(',').map(Number),
    runs: Number(values.runs),
    only: values.only?.split(','),
    limitSeconds: Number(values.limit),
    seed: Number(values.seed),
    json: values.json,
  });
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
