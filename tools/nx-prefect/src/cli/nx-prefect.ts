#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ExecutorContext, createProjectGraphAsync, workspaceRoot } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { exactOptions } from '../options/exact-text';
import { failureLines } from '../report/failure-lines';
import { runInit } from './init';
import { sayAside } from '../report/terminal';
import { WORKSPACE_VERBS } from '../verbs/workspace-verbs';

const HELP = 'npx nx-prefect --help';
const USAGE = `npx nx-prefect init [--flows=<patterns>] [--workPool=<name>] [--apiUrl=<address>] [--s3Bucket=<name>]
                     [--python=<environment>] [--no-plan] [--undo]

Sets up this repository, with or without Nx: finds flows, Python environments, server, work pool and bucket, writes
nx.json and .gitignore, and shows the plan. --undo puts back what was there.

npx nx-prefect status [--json[=<file>]] [--markdown=<file>] [--apiUrl=<address>] [--configuration=<name>]
                      [--environment=<name>]

The whole workspace against its servers: what is in sync, out of date, never registered, drifted, removed from source
or foreign, what is paused, and how the last run ended. Nothing is built or written.

npx nx-prefect prune [--yes] [--now] [--graceDays=7] [--all], and the options of status

What this workspace registered and no source declares any more: paused first, and deleted by a run after the days of
grace. Asks before it does anything; --yes answers. --all --environment=pr-123 takes everything of an environment.`;

/** What the whole workspace is asked, by the name of the verb alone. @returns the exit code */
async function main([verb = '--help', ...words]: string[]): Promise<number> {
  if (verb === '--help' || words.includes('--help')) {
    sayAside(USAGE);
    return 0;
  }
  const given = exactOptions({}, { __overrides_unparsed__: words });
  if (verb === 'init') return runInit(rootOfInit(), given, HELP);
  const run = WORKSPACE_VERBS.get(verb);
  if (run) return (await run(await context(), given, HELP)) ? 0 : 1;
  throw new FlowError({
    code: 'unknown-command',
    what: `There is no command "${verb}".`,
    next: `Run: ${HELP}. What flows do are targets: npx nx run-many -t register`,
  });
}

/** The workspace that the command runs in; a folder that is in none is to become one. */
function rootOfInit(): string {
  // A daemon would hold on to what is about to change.
  process.env['NX_DAEMON'] ??= 'false';
  return existsSync(join(workspaceRoot, 'nx.json')) ? workspaceRoot : process.cwd();
}

async function context(): Promise<ExecutorContext> {
  const projectGraph = await createProjectGraphAsync({ exitOnError: true });
  return { root: workspaceRoot, cwd: process.cwd(), isVerbose: false, projectGraph } as ExecutorContext;
}

main(process.argv.slice(2)).then(
  // Nx's plugin workers keep a process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    for (const line of failureLines(error)) sayAside(line);
    process.exit(1);
  },
);
