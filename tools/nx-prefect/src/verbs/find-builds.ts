import type { ExecutorContext } from '@nx/devkit';
import type { BuildOutcome } from '../build/build-flows';
import { boundBecause, buildInDist, keptBuild } from '../build/kept-builds';
import { type Source, Sources } from '../build/sources';
import { FlowError } from '../core/errors';
import type { Manifest } from '../engines/manifest';
import { printedBy } from '../report/build-lines';
import type { SettledTask } from './prepare';

/** A task with the build of its source as it is now, or why there is none. */
export type FoundBuild = { task: SettledTask; /** What the flow printed. */ printed: string[] } & (
  | { error: unknown }
  | {
      manifest: Manifest;
      /** Whether it was built in this run. */
      isNew: boolean;
      /** Whether the code store gave it. */
      isKept?: boolean;
      /** Sentences: what the build warned of, or what its manifest keeps of that. */
      warnings: string[];
      /** Why it is not kept in the code store; absent = it is. */
      unshared?: string;
    }
);

interface Sought {
  task: SettledTask;
  source: Source;
}

/**
 * The builds of a run: what fits from `dist/`, then what was built before, here or elsewhere. What is found comes
 * first, then each that has to be built, as it is ready.
 *
 * @param files each project's files, as `projectFiles` returns them
 * @param mayBuild whether what nobody has built is built; else its error is `not-built`
 * @param say told why builds of the code store can't be read
 */
export async function* findBuilds(
  context: ExecutorContext,
  tasks: readonly SettledTask[],
  files: Record<string, string[]>,
  { mayBuild, say }: { mayBuild: boolean; say(line: string): void },
): AsyncGenerator<FoundBuild> {
  const sources = new Sources(context, files);
  const missing: Sought[] = [];
  for (const task of tasks) {
    try {
      const source = sources.of(task.flow);
      const manifest = buildInDist(context.root, task.flow, source);
      if (manifest) yield found({ task, source }, manifest);
      else missing.push({ task, source });
    } catch (error) {
      yield { task, error, printed: [] };
    }
  }
  const left: Sought[] = [];
  for (const { sought, manifest } of await takeKept(context.root, missing, say)) {
    if (manifest) yield { ...found(sought, manifest), isKept: true };
    else left.push(sought);
  }
  if (mayBuild) yield* built(context, left, files, sources);
  else for (const { task } of left) yield { task, error: notBuilt(task.flow.flow), printed: [] };
}

function found({ task, source }: Sought, manifest: Manifest): FoundBuild {
  const unshared = boundBecause(manifest) ?? unsureFor(task, source.unsure);
  return { task, manifest, isNew: false, warnings: manifest.unregistered, printed: [], ...(unshared && { unshared }) };
}

/** What makes a build unsure for other machines may go unsaid where it stays on this one. */
function unsureFor({ builds }: SettledTask, unsure: string | undefined): string | undefined {
  return builds?.isLocal ? undefined : unsure;
}

/** All at once: a store has its own limit of requests. A store that can't be read costs a build, not the run. */
async function takeKept(
  workspaceRoot: string,
  missing: readonly Sought[],
  say: (line: string) => void,
): Promise<{ sought: Sought; manifest: Manifest | undefined }[]> {
  let isSaid = false;
  const take = async ({ task: { flow, builds }, source }: Sought) => {
    if (!builds || (source.unsure !== undefined && !builds.isLocal)) return undefined;
    try {
      return await keptBuild(workspaceRoot, flow, source, builds);
    } catch (error) {
      if (!isSaid) say(`Builds of the code store can't be used. ${error instanceof Error ? error.message : ''}`);
      isSaid = true;
      return undefined;
    }
  };
  return Promise.all(missing.map(async (sought) => ({ sought, manifest: await take(sought) })));
}

async function* built(
  context: ExecutorContext,
  left: readonly Sought[],
  files: Record<string, string[]>,
  sources: Sources,
): AsyncGenerator<FoundBuild> {
  if (left.length === 0) return;
  const byId = new Map(left.map(({ task }) => [task.task.id, task]));
  const flows = left.map(({ task: { task, flow } }) => ({ task: task.id, flow }));
  // Loaded only where something is built.
  const { buildFlows } = await import('../build/build-flows.js');
  for await (const outcome of buildFlows(context, flows, files, sources)) {
    const task = byId.get(outcome.task);
    if (task) yield builtNow(task, outcome);
  }
}

function builtNow(task: SettledTask, outcome: BuildOutcome): FoundBuild {
  const printed = printedBy(outcome);
  const { built: build, error } = outcome;
  if (!build) return { task, error, printed };
  const { manifest, warnings, bound, unsure } = build;
  const unshared = bound ?? unsureFor(task, unsure);
  return { task, manifest, isNew: true, warnings, printed, ...(unshared && { unshared }) };
}

/** Whether a task failed because nobody has built its source as it is now. */
export function isNotBuilt(error: unknown): boolean {
  return error instanceof FlowError && error.code === 'not-built';
}

function notBuilt(flow: string): FlowError {
  return new FlowError({
    code: 'not-built',
    flow,
    what: 'There is no build of this flow as it is now.',
    next: `Run: nx run ${flow}:build`,
  });
}
