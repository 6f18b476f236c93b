#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type ExecutorContext, createProjectGraphAsync, workspaceRoot } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { exactOptions } from '../options/exact-text';
import { parseOptions } from '../options/parse-options';
import { schema as pruneSchema } from '../options/prune-options';
import { schema as statusSchema } from '../options/status-options';
import { failureLines } from '../report/failure-lines';
import type { Reported } from '../report/result';
import { runInit } from './init';
import { showAll, showStatus } from '../report/status-report';
import { sayAside } from '../report/terminal';
import { planPrune, prune, shownPrune } from '../verbs/prune';
import { status } from '../verbs/status';

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
  const run = VERBS.get(verb);
  if (run) return run(exactOptions({}, { __overrides_unparsed__: words }));
  throw new FlowError({
    code: 'unknown-command',
    what: `There is no command "${verb}".`,
    next: `Run: ${HELP}. What flows do are targets: npx nx run-many -t register`,
  });
}

const VERBS = new Map<string, (given: object) => Promise<number>>([
  ['init', (given) => runInit(rootOfInit(), given, HELP)],
  ['status', runStatus],
  ['prune', runPrune],
]);

/** The workspace that the command runs in; a folder that is in none is to become one. */
function rootOfInit(): string {
  // A daemon would hold on to what is about to change.
  process.env['NX_DAEMON'] ??= 'false';
  return existsSync(join(workspaceRoot, 'nx.json')) ? workspaceRoot : process.cwd();
}

async function runStatus(given: object): Promise<number> {
  const start = performance.now();
  const { configuration, json, markdown, ...typed } = parseOptions(statusSchema, 'status', given, HELP);
  const reported = await status(await context(), typed, configuration);
  showStatus(workspaceRoot, { verb: 'status', reported, seconds: secondsSince(start) }, { json, markdown });
  return exitCode(reported);
}

async function runPrune(given: object): Promise<number> {
  const start = performance.now();
  const options = parseOptions(pruneSchema, 'prune', given, HELP);
  const { json, markdown, yes } = options;
  const planned = await planPrune(await context(), options);
  const toDo = planned.filter(({ decision }) => decision.action === 'pause' || decision.action === 'delete');
  if (toDo.length > 0 && !yes) {
    showAll(workspaceRoot, { verb: 'prune', reported: shownPrune(planned), seconds: secondsSince(start) }, {});
    if (!(await agrees(toDo.length))) return 1;
  }
  const reported = await prune(planned);
  showAll(workspaceRoot, { verb: 'prune', reported, seconds: secondsSince(start) }, { json, markdown });
  return exitCode(reported);
}

/** @throws FlowError `not-asked` where there is no terminal to ask on */
async function agrees(count: number): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new FlowError({
      code: 'not-asked',
      what: `Nothing was done to these ${count} registrations: there is no terminal to ask on.`,
      next: 'Read the list above, and run the command again with --yes.',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`Do this to ${count} registrations? (yes/no) `);
  lines.close();
  return answer.trim().toLowerCase() === 'yes';
}

async function context(): Promise<ExecutorContext> {
  const projectGraph = await createProjectGraphAsync({ exitOnError: true });
  return { root: workspaceRoot, cwd: process.cwd(), isVerbose: false, projectGraph } as ExecutorContext;
}

function exitCode(reported: Reported[]): number {
  return reported.some(({ results }) => results.some(({ action }) => action === 'failed')) ? 1 : 0;
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

main(process.argv.slice(2)).then(
  // Nx's plugin workers keep a process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    for (const line of failureLines(error)) sayAside(line);
    process.exit(1);
  },
);
