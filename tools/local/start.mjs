// `npm start`: installs what is missing, starts a local Prefect server and registers every flow on it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hand, nodeProgram } from './command.mjs';
import { install, ROOT } from './install.mjs';
import { main, say } from './say.mjs';
import { serviceErrors, startServer } from './server.mjs';
import { readText } from './stamp.mjs';
import { ensureWorkPool } from './work-pool.mjs';

/** Where `register` looks for the local server, and what git ignores. */
const HOME = '.prefect-server';
/** nx.json names it as the pool of every flow that names none. */
const WORK_POOL = { name: 'local', type: 'process' };
/** What would lead `register` to another server than the local one, or show that one a key. */
const OTHER_SERVER = ['PREFECT_API_URL', 'PREFECT_API_KEY', 'PREFECT_API_AUTH_STRING'];

await main(async () => {
  const python = await install();
  if (process.env.PREFECT_API_URL)
    say('PREFECT_API_URL is set in this shell; npm start registers on the local server all the same.');
  const server = await startServer({ home: join(ROOT, HOME), python });
  await ensureWorkPool(server.apiUrl, WORK_POOL.name, WORK_POOL.type);

  const report = `${HOME}/registrations-${process.pid}.jsonl`;
  try {
    // Plain lines: what was a hit stays on the screen, above the table.
    const env = { ...process.env, NX_TUI: 'false' };
    for (const name of OTHER_SERVER) delete env[name];
    const code = await hand(nodeProgram(ROOT, 'nx', 'nx', 'run-many', '-t', 'register', `--report=${report}`), {
      cwd: ROOT,
      env,
    });
    printTable(readText(join(ROOT, report)) ?? '');
    for (const { service, times, error } of serviceErrors(join(ROOT, HOME))) {
      say(
        `Warning: the server's ${service} failed ${times} times, so scheduled runs may not start: ${error} ` +
          `See ${HOME}/server.log.`,
      );
    }
    say(`Prefect's own page: ${server.uiUrl}`);
    if (code === 0)
      say(`To run flows: PREFECT_API_URL=${server.apiUrl} .venv/bin/prefect worker start --pool ${WORK_POOL.name}`);
    else
      say(
        'Not every flow is registered: see above. The server keeps running; ' +
          'run npm start again when the cause is gone.',
      );
    return code;
  } finally {
    rmSync(join(ROOT, report), { force: true });
  }
});

function printTable(report) {
  const rows = report
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map(({ flow, action, deployment, url }) => [flow, action, deployment, url].map((cell) => cell ?? ''))
    .sort(([a, , x], [b, , y]) => (a + x).localeCompare(b + y));
  if (rows.length === 0) return;
  const table = [['flow', 'action', 'deployment', 'URL'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
  say('');
  for (const row of table)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  say('');
}
