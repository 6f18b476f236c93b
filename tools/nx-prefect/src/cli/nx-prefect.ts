#!/usr/bin/env node
import { type ExecutorContext, createProjectGraphAsync, workspaceRoot } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { exactOptions } from '../options/exact-text';
import { parseOptions } from '../options/parse-options';
import { schema } from '../options/status-options';
import { failureLines } from '../report/failure-lines';
import { showStatus } from '../report/status-report';
import { sayAside } from '../report/terminal';
import { status } from '../verbs/status';

const USAGE = `npx nx-prefect status [--json[=<file>]] [--markdown=<file>] [--apiUrl=<address>] [--configuration=<name>]

The whole workspace against its servers: what is in sync, out of date, never registered, drifted, removed from source
or foreign, what is paused, and how the last run ended. Nothing is built or written.`;

/** What the whole workspace is asked, by the name of the verb alone. */
async function main([verb, ...words]: string[]): Promise<number> {
  if (verb === undefined || words.includes('--help') || verb === '--help') {
    sayAside(USAGE);
    return verb === undefined ? 1 : 0;
  }
  if (verb !== 'status') {
    throw new FlowError({
      code: 'unknown-command',
      what: `There is no command "${verb}".`,
      next: 'Run: npx nx-prefect status. What flows do are targets: npx nx run-many -t register',
    });
  }
  const start = performance.now();
  const given = exactOptions({}, { __overrides_unparsed__: words });
  const { configuration, json, markdown, ...typed } = parseOptions(schema, 'status', given, 'npx nx-prefect --help');
  const projectGraph = await createProjectGraphAsync({ exitOnError: true });
  const context = { root: workspaceRoot, cwd: process.cwd(), isVerbose: false, projectGraph } as ExecutorContext;
  const reported = await status(context, typed, configuration);
  const run = { verb: 'status', reported, seconds: (performance.now() - start) / 1000 };
  showStatus(workspaceRoot, run, { json, markdown });
  return reported.some(({ results }) => results.some(({ action }) => action === 'failed')) ? 1 : 0;
}

main(process.argv.slice(2)).then(
  // Nx's plugin workers keep a process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    for (const line of failureLines(error)) sayAside(line);
    process.exit(1);
  },
);
