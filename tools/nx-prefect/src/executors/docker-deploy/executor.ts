import { exactOptionsOf } from '../../options/exact-text';
import { isTui, say, show } from '../../report/terminal';
import { dockerDeploy } from '../../verbs/docker-deploy';
import { failed } from '../../verbs/outcome';
import { type BatchImplementation, single, toNx } from '../batch';
import { reported } from '../reports';

/**
 * The images of a run. Nx shows what a batch writes as it comes, and of a single task nothing, where it succeeds among
 * others: so a line for each image is written here. A failure's lines Nx shows by itself, and in its TUI all of them.
 */
export const batch: BatchImplementation = async function* (taskGraph, options, _overrides, context) {
  const startTime = Date.now();
  const tasks = Object.values(taskGraph.tasks);
  // Without Nx nobody waits for these images any more, nor sees what becomes of them.
  const end = () => process.exit(1);
  process.once('disconnect', end);
  try {
    const exact = exactOptionsOf(tasks, options);
    const outcomes = dockerDeploy(taskGraph, exact, context, say);
    for await (const outcome of reported('docker-deploy', tasks, exact, context, outcomes)) {
      if (isTui() || outcome.kind === 'failed') yield toNx(outcome, startTime);
      else {
        show(outcome.lines);
        yield toNx({ ...outcome, lines: [] }, startTime);
      }
    }
  } catch (error) {
    for (const { id } of tasks) yield toNx(failed(id, error), startTime);
  } finally {
    process.off('disconnect', end);
  }
};

export default single(batch);
