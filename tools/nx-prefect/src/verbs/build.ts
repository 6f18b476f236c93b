import { type BuildOutcome, buildFlows } from '../build/build-flows';
import { flowToBuild } from '../build/flow-to-build';
import { Sources } from '../build/sources';
import { inStagingRoot } from '../build/staging-root';
import type { FlowToBuild } from '../engines/staged-flow';
import { buildLines } from '../report/build-lines';
import type { Result } from '../report/result';
import { projectFiles } from '../workspace/nx-files';
import { type Outcome, type Verb, failed, projectOf } from './outcome';

/** Loads flows with their own Python and writes what would be registered and shipped. */
export const build: Verb = (tasks, options, context) =>
  inStagingRoot(context.root, async function* (stagingRoot) {
    const files = await projectFiles(context.root, context.projectGraph);
    const flows: { task: string; flow: FlowToBuild }[] = [];
    for (const { id: task, target } of tasks) {
      try {
        const flow = flowToBuild(context, { id: task, target, options: options[task] }, { files, stagingRoot });
        flows.push({ task, flow });
      } catch (error) {
        yield failed(task, error);
      }
    }
    const sources = new Sources(context, files);
    for await (const outcome of buildFlows(context, flows, files, sources)) yield outcomeOf(outcome);
  });

function outcomeOf(outcome: BuildOutcome): Outcome {
  const { task, built } = outcome;
  return { task, kind: built ? 'done' : 'failed', lines: buildLines(outcome), results: [resultOf(outcome)] };
}

function resultOf({ task, built, error }: BuildOutcome): Result {
  const title = projectOf(task);
  if (!built) return { title, action: 'failed', error, fields: [], notes: [] };
  return { title, action: 'built', fields: [], notes: built.warnings.map((warning) => `Warning: ${warning}`) };
}
