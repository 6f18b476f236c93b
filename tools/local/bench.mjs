// `npm run bench`: installs what is missing, compiles the benchmarks and runs one, with the arguments that are left.
import { join } from 'node:path';
import { capture, hand, nodeProgram } from './command.mjs';
import { install, ROOT } from './install.mjs';
import { main, Problem } from './say.mjs';

await main(async () => {
  // The graph needs no server.
  await install({ e2e: process.argv[2] !== 'graph' });
  const { code, stdout } = await capture(
    nodeProgram(ROOT, 'typescript', 'tsc', '-p', join(ROOT, 'tools', 'bench', 'tsconfig.json')),
  );
  if (code !== 0)
    throw new Problem({
      where: 'tools/bench',
      what: 'the benchmarks do not compile.',
      next: 'Fix the errors of tsc below.',
      detail: stdout,
    });
  return hand([
    process.execPath,
    join(ROOT, 'tools', 'bench', 'dist', 'bench', 'src', 'cli.js'),
    ...process.argv.slice(2),
  ]);
});
