import { formatError } from '../core/errors';
import { titleOf } from '../engines/engine';
import type { Change } from '../engines/shown-change';
import { changeLines } from './change-lines';
import type { PlannedRegistrations, Result } from './result';

/** What is printed of a registration that was made, left alone, or failed. */
export function registeredLines({ title, action, url, fields, notes, error }: Result): string[] {
  const changed = action === 'updated' && fields.length > 0 ? ` (${fields.join(', ')})` : '';
  const done = `${title}: ${action}${changed}${url ? ` ${url}` : ''}`;
  return [error === undefined ? done : `${title}: ${formatError(error)}`, ...notes];
}

/** What registering would do, as a report has it. */
export function plannedResults({ wanted, planned, codePresent }: PlannedRegistrations): Result[] {
  return wanted.map((one, at) => {
    const title = titleOf(one);
    const item = planned[at];
    if (item === undefined || item instanceof Error)
      return { title, action: 'failed', error: item, fields: [], notes: [] };
    const { notes, url, changes, isDrift = false } = item;
    const fields = [...item.fields, ...(codePresent[at] || item.action === 'create' ? [] : ['code'])];
    const action = item.action === 'create' ? 'create' : fields.length > 0 ? 'update' : 'unchanged';
    return { title, action, fields, changes, isDrift, notes, ...(url === undefined ? {} : { url }) };
  });
}

/** What is printed of what registering would do. */
export function planLines({ title, action, fields, changes = [], notes, error }: Result): string[] {
  if (action === 'failed') return [`${title}: ${formatError(error)}`];
  return [`${title}: ${action}${action === 'update' ? ` (${fields.join(', ')})` : ''}`, ...indented(changes), ...notes];
}

function indented(changes: Change[]): string[] {
  return changes.flatMap(changeLines).map((line) => `  ${line}`);
}
