import { FlowError } from '../core/errors';
import { type Wanted, titleOf } from '../engines/engine';
import type { PreparedTask } from './prepare';

/**
 * Tasks whose registrations share their identity on one server with another's.
 * @returns the error of each such task, by task id
 */
export function clashes(tasks: PreparedTask[]): Map<string, FlowError> {
  const seen = new Map<string, User[]>();
  for (const { task, engine, connection, wanted } of tasks) {
    for (const one of wanted) {
      const key = JSON.stringify([engine.name, connection.apiUrl, ...one.identity]);
      seen.set(key, [...(seen.get(key) ?? []), { task, engine, wanted: one }]);
    }
  }
  const errors = new Map<string, FlowError>();
  for (const users of seen.values()) {
    if (users.length > 1) for (const user of users) errors.set(user.task, clash(user, users));
  }
  return errors;
}

type User = Pick<PreparedTask, 'task' | 'engine'> & { wanted: Wanted };

function clash({ engine, wanted }: User, users: User[]): FlowError {
  const files = [...new Set(users.map((user) => user.wanted.declaredIn))];
  const { noun, rename } = engine.words;
  const declared = files.length > 1 ? `by ${files.join(' and by ')}` : `${users.length} times in ${wanted.declaredIn}`;
  return new FlowError({
    code: 'identity-clash',
    flow: wanted.flow,
    file: wanted.declaredIn,
    what: `The ${noun} ${titleOf(wanted)} is declared ${declared}; one would overwrite the other.`,
    next: rename,
  });
}
