import { formatError } from '../core/errors';
import { titleOf } from '../engines/engine';
import type { PlannedRegistrations, Registered } from './registered';

/** What is printed of a registration that was made, left alone, or failed. */
export function registeredLines({ title, action, url, fields, notes, error }: Registered): string[] {
  const changed = action === 'updated' && fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const done = `${title}: ${action}${changed}${url ? ` ${url}` : ''}`;
  return [error === undefined ? done : `${title}: ${formatError(error)}`, ...notes];
}

/** What is printed of what source declares and nothing registers. */
export function unregisteredLines(unregistered: string[]): string[] {
  return unregistered.map((sentence) => `Warning: ${sentence}`);
}

/** What is printed of what registering would do. */
export function planLines({ wanted, planned, codePresent }: PlannedRegistrations): string[] {
  return wanted.flatMap((one, at) => {
    const item = planned[at];
    if (item === undefined || item instanceof Error) return [`${titleOf(one)}: ${formatError(item)}`];
    const fields = [...item.fields, ...(codePresent[at] || item.action === 'create' ? [] : ['code'])];
    const update = fields.length > 0 ? `update (${fields.join(', ')})` : 'unchanged';
    return [`${titleOf(one)}: ${item.action === 'create' ? 'create' : update}`, ...item.notes];
  });
}
