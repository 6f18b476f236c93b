import type { ExecutorContext } from '@nx/devkit';
import { FlowError } from '../core/errors';
import type { PruneOptions } from '../options/prune-options';
import type { Action, Reported, Result } from '../report/result';
import { isAncestor, isGone, isWholeClone } from '../workspace/git-head';
import { type Decision, decide } from './prune-decision';
import { type Flow, type Removed, survey } from './status';

const DAY = 24 * 3600 * 1000;

/** What would happen to one registration. */
export interface Planned extends Removed {
  decision: Decision;
}

/**
 * What no source declares any more, and what would happen to it.
 *
 * @throws FlowError `shallow-clone`, `no-workspace-id` where what is ours can't be told for certain,
 *   `bad-option` for all of no environment
 */
export async function planPrune(
  context: ExecutorContext,
  { apiUrl, environment, configuration, now, graceDays, all }: PruneOptions,
): Promise<Planned[]> {
  if (all && environment === undefined) throw allOfNothing();
  if (!(await isWholeClone(context.root))) throw shallow();
  const { removed, ours, flows, environments, unknownFlows } = await survey(
    context,
    { ...(apiUrl === undefined ? {} : { apiUrl }), ...(environment === undefined ? {} : { environment }) },
    configuration,
  );
  if (!flows.every(hasOwnId)) throw noId();
  const rules = { environments, all, grace: graceDays * DAY, now, time: Date.now() };
  return Promise.all(
    (all ? ours : removed).map(async (one) => {
      const unfinishedRuns = (await one.server.prune?.unfinishedRuns(one.held)) ?? 0;
      const { commit = '', file = '' } = one.held;
      const candidate = {
        held: one.held,
        unfinishedRuns,
        isFileGone: await isGone(context.root, file),
        unknownFlows,
        isAncestor: await isAncestor(context.root, commit),
      };
      const decision = one.server.prune ? decide(candidate, rules) : UNTOLD;
      return { ...one, decision };
    }),
  );
}

const UNTOLD: Decision = { action: 'keep', why: 'Its mark does not tell enough to take it away.' };

/** The name of the root package.json is too weak to delete by: copies of a repository share it. */
function hasOwnId({ options }: Flow): boolean {
  return options.workspaceId !== undefined;
}

/** Does what was planned; each fails for itself. */
export async function prune(planned: Planned[]): Promise<Reported[]> {
  return Promise.all(planned.map(async (one) => reportedOf(one, await done(one))));
}

/** What was planned, for the report. */
export function shownPrune(planned: Planned[]): Reported[] {
  const words: Record<Decision['action'], Action> = {
    pause: 'to pause',
    delete: 'to delete',
    wait: 'paused',
    keep: 'kept',
  };
  return planned.map((one) => reportedOf(one, { ...noted(one), action: words[one.decision.action] }));
}

async function done(one: Planned): Promise<Result> {
  const { decision, held, server, workspaceId, result } = one;
  try {
    switch (decision.action) {
      case 'pause':
        await server.prune?.pause(held, workspaceId, new Date().toISOString());
        return { ...result, action: 'paused' };
      case 'delete':
        await server.prune?.delete(held, workspaceId);
        return { ...result, action: 'deleted' };
      default:
        return { ...noted(one), action: decision.action === 'wait' ? 'paused' : 'kept' };
    }
  } catch (error) {
    return { ...result, action: 'failed', error };
  }
}

function noted({ result, decision }: Planned): Result {
  return 'why' in decision ? { ...result, notes: [...result.notes, decision.why] } : result;
}

function reportedOf({ found }: Planned, result: Result): Reported {
  return { task: '', flow: '', results: [result], server: found };
}

function allOfNothing(): FlowError {
  return new FlowError({
    code: 'bad-option',
    what: '--all takes a whole environment away, and nothing typed names one.',
    next: 'Name it: npx nx-prefect prune --all --environment=pr-123',
  });
}

function shallow(): FlowError {
  return new FlowError({
    code: 'shallow-clone',
    what: 'This clone lacks history: what another branch registered would look like what was removed here.',
    next: 'Run: git fetch --unshallow (in GitHub Actions: fetch-depth: 0).',
  });
}

function noId(): FlowError {
  return new FlowError({
    code: 'no-workspace-id',
    file: 'nx.json',
    what: 'prune takes away by the mark of the workspace, and nothing sets it: the name in package.json may be a copy.',
    next: 'Set "workspaceId" for all flows, in the options of "register" of the plugin; the present name is right.',
  });
}
