import type { ExecutorContext } from '@nx/devkit';
import { FlowError } from '../core/errors';
import { parseOptions } from '../options/parse-options';
import { schema as pruneSchema } from '../options/prune-options';
import { schema as statusSchema } from '../options/status-options';
import { answerTo } from '../report/ask';
import type { Reported } from '../report/result';
import { showAll, showStatus } from '../report/status-report';
import { say } from '../report/terminal';
import { planPrune, prune, shownPrune } from './prune';
import { status } from './status';

/**
 * A verb of the whole workspace.
 *
 * @param given options as they were given
 * @param help command that shows the options
 * @returns whether all went well
 */
type WorkspaceVerb = (context: ExecutorContext, given: object, help: string) => Promise<boolean>;

/** By name. */
export const WORKSPACE_VERBS: ReadonlyMap<string, WorkspaceVerb> = new Map([
  ['status', runStatus],
  ['prune', runPrune],
]);

async function runStatus(context: ExecutorContext, given: object, help: string): Promise<boolean> {
  const start = performance.now();
  const { configuration, json, markdown, ...typed } = parseOptions(statusSchema, 'status', given, help);
  const reported = await status(context, typed, configuration);
  showStatus(context.root, { verb: 'status', reported, seconds: secondsSince(start) }, { json, markdown });
  return succeeded(reported);
}

async function runPrune(context: ExecutorContext, given: object, help: string): Promise<boolean> {
  const start = performance.now();
  const options = parseOptions(pruneSchema, 'prune', given, help);
  const { json, markdown, yes } = options;
  const planned = await planPrune(context, options);
  if (planned.length === 0) say(nothingToPrune(options.environment));
  const toDo = planned.filter(({ decision }) => decision.action === 'pause' || decision.action === 'delete');
  if (toDo.length > 0 && !yes) {
    showAll(context.root, { verb: 'prune', reported: shownPrune(planned), seconds: secondsSince(start) }, {});
    if (!(await agrees(toDo.length))) return false;
  }
  const reported = await prune(planned);
  showAll(context.root, { verb: 'prune', reported, seconds: secondsSince(start) }, { json, markdown });
  return succeeded(reported);
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
  return (await answerTo(`Do this to ${count} registrations? (yes/no)`)).toLowerCase() === 'yes';
}

function nothingToPrune(environment: string | undefined): string {
  const nothing = 'prune: source declares everything that this workspace registered.';
  return environment === undefined ? nothing : `${nothing} --all takes away all of the environment ${environment}.`;
}

function succeeded(reported: Reported[]): boolean {
  return !reported.some(({ results }) => results.some(({ action }) => action === 'failed'));
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
