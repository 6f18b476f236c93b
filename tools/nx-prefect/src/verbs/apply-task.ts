import { type Planned, type Wanted, titleOf } from '../engines/engine';
import type { Result } from '../report/result';
import type { PlannedTask } from './plan-tasks';

/** Uploads the code that is not there, then writes the registrations that differ; each one fails for itself. */
export function applyTask(task: PlannedTask): Promise<Result[]> {
  return Promise.all(
    task.wanted.map((wanted, at) => applyOne(task, wanted, task.planned[at], task.codePresent[at] === true)),
  );
}

async function applyOne(
  { server, uploads }: PlannedTask,
  wanted: Wanted,
  planned: Planned | Error | undefined,
  codePresent: boolean,
): Promise<Result> {
  const title = titleOf(wanted);
  if (planned === undefined || planned instanceof Error)
    return { title, action: 'failed', error: planned, fields: [], notes: [] };
  const { fields, notes, url } = planned;
  const seen = { title, fields, notes, ...(url === undefined ? {} : { url }) };
  try {
    const stored = wanted.code && !codePresent ? uploads.put(wanted.code) : Promise.resolve();
    if (planned.action === 'unchanged') {
      await stored;
      return codePresent ? { ...seen, action: 'unchanged' } : { ...seen, action: 'updated', fields: ['code'] };
    }
    const page = await server.apply(planned, stored);
    const action = planned.action === 'create' ? 'created' : 'updated';
    return { ...seen, ...(page === undefined ? {} : { url: page }), action };
  } catch (error) {
    return { ...seen, action: 'failed', error };
  }
}
