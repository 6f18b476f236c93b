import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { FlowError } from '../core/errors';
import { grouped } from '../core/grouped';
import { readJsonIfThere } from '../core/read-file';
import { titleOf } from '../engines/engine';
import type { PlannedTask, TaskPlan } from './plan-tasks';
import { writeWhole } from '../core/write-file';

/** What `plan --out` saves, by server and registration: digests, and no value. */
const shape = z.object({
  schemaVersion: z.literal(1),
  registrations: z.record(z.string(), z.object({ action: z.string(), wanted: z.string(), held: z.string() })),
});
type PlanFile = z.infer<typeof shape>;

/**
 * Writes the plans of tasks that ask for it; what fails is in none of them.
 *
 * @param fileOf the option `out` of a task
 * @throws FlowError `report` for a file that can't be written
 */
export function writePlans(
  workspaceRoot: string,
  plans: readonly TaskPlan[],
  fileOf: (task: string) => string | undefined,
): void {
  for (const [file, same] of grouped(plans, ({ task }) => fileOf(task))) {
    if (file === undefined) continue;
    const registrations = Object.fromEntries(
      same.flatMap((plan) => ('error' in plan ? [] : entriesOf(plan).filter((entry) => entry !== undefined))),
    );
    const content: PlanFile = { schemaVersion: 1, registrations };
    try {
      mkdirSync(dirname(resolve(workspaceRoot, file)), { recursive: true });
      writeWhole(resolve(workspaceRoot, file), `${JSON.stringify(content, null, 2)}\n`);
    } catch (cause) {
      throw new FlowError({
        code: 'report',
        file,
        what: `The plan can't be written (${(cause as Error).message}).`,
        next: 'Correct the option "out".',
        cause,
      });
    }
  }
}

/**
 * Compares tasks with the plan that their option `plan` names; each file is read once.
 *
 * @returns throws FlowError `plan-outdated` for a task that its file has in another state, or not at all
 */
export function savedPlans(workspaceRoot: string): (plan: PlannedTask) => void {
  const files = new Map<string, PlanFile | undefined>();
  return (plan) => {
    const file = plan.options.plan;
    if (file === undefined) return;
    if (!files.has(file)) files.set(file, shape.safeParse(readJsonIfThere(resolve(workspaceRoot, file))).data);
    requirePlanned(plan, file, files.get(file));
  };
}

function requirePlanned(plan: PlannedTask, file: string, data: PlanFile | undefined): void {
  const { flow, wanted } = plan;
  const refuse = (what: string) =>
    new FlowError({
      code: 'plan-outdated',
      flow,
      file,
      what,
      next: 'Run plan --out again, look at it, and register with that file.',
    });
  if (data === undefined) throw refuse('There is no plan in this file, or one of another version of nx-prefect.');
  for (const [at, entry] of entriesOf(plan).entries()) {
    if (entry === undefined) continue;
    const [key, now] = entry;
    const then = data.registrations[key];
    const title = titleOf(wanted[at]!);
    if (then === undefined) throw refuse(`The plan does not hold ${title}: it was not planned, or failed there.`);
    if (then.held !== now.held) throw refuse(`The server holds something else of ${title} than when it was planned.`);
    if (then.wanted !== now.wanted) throw refuse(`Source or options want something else of ${title} than was planned.`);
  }
}

/** One for each registration of a task; undefined for one that fails. */
function entriesOf({ connection, planned }: PlannedTask): ([string, PlanFile['registrations'][string]] | undefined)[] {
  return planned.map((item) => {
    if (item instanceof Error) return undefined;
    return [`${connection.apiUrl} ${titleOf(item.wanted)}`, { action: item.action, ...item.state() }];
  });
}
