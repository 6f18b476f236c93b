import type { ExecutorContext, Task } from '@nx/devkit';
import { reportPlaces } from '../options/report-options';
import { RunReport } from '../report/run-report';
import { isTui, show, terminalStyle } from '../report/terminal';
import { type Outcome, failed, projectOf } from '../verbs/outcome';

/**
 * Hands outcomes on and reports them.
 *
 * @param isPart whether the verb only prepares what the run is about: then it has no line for each flow
 */
export async function* reported(
  verb: string,
  tasks: readonly Task[],
  options: Record<string, unknown>,
  { root: workspaceRoot }: ExecutorContext,
  outcomes: AsyncIterable<Outcome>,
  isPart = false,
): AsyncGenerator<Outcome> {
  const places = new Map(tasks.map(({ id }) => [id, reportPlaces(options[id])]));
  const around = { workspaceRoot, env: process.env, style: terminalStyle(), show, now: () => performance.now() };
  let report: RunReport;
  try {
    report = new RunReport(verb, places, around, isPart);
  } catch (error) {
    for (const { id } of tasks) yield failed(id, error);
    return;
  }
  let left = tasks.length;
  try {
    for await (const outcome of outcomes) {
      const { task, results, server } = outcome;
      report.add({ task, flow: projectOf(task), results, ...(server === undefined ? {} : { server }) });
      left--;
      // Nx's own screen shows what tasks print, and not what their batch does.
      yield left === 0 && isTui() ? { ...outcome, lines: [...outcome.lines, ...report.text()] } : outcome;
    }
  } finally {
    report.end();
  }
}
