import { FlowError } from '../core/errors';
import { grouped } from '../core/grouped';
import { type Wanted, titleOf } from '../engines/engine';
import type { PreparedTask } from './prepare';

/**
 * Tasks whose registrations share their identity on one server with another's.
 * @returns the error of each such task, by task id
 */
export function clashes(tasks: readonly PreparedTask[]): Map<string, FlowError> {
  const all = tasks.flatMap((task) => task.wanted.map((wanted): User => ({ ...task, wanted })));
  const errors = new Map<string, FlowError>();
  for (const users of grouped(all, keyOf).values()) {
    if (users.length > 1) for (const user of users) errors.set(user.task, clash(user, users));
  }
  return errors;
}

type User = Pick<PreparedTask, 'task' | 'engine' | 'connection'> & { wanted: Wanted };

function keyOf({ engine, connection, wanted }: User): string {
  return JSON.stringify([engine.name, connection.apiUrl, ...wanted.identity]);
}

/** Files that a clash names; the first flow of a larger one names these, and the others name the first. */
const NAMED = 3;

function clash(user: User, users: User[]): FlowError {
  const { engine, wanted } = user;
  const files = [...new Set(users.map((each) => each.wanted.declaredIn))];
  const { noun, rename } = engine.words;
  const [first = wanted.declaredIn, ...rest] = files;
  const isFirst = wanted.declaredIn === first;
  const few = files.length <= NAMED ? files : [...files.slice(0, NAMED), `${files.length - NAMED} more files`];
  const declared =
    files.length === 1
      ? `${users.length} times in ${first}`
      : isFirst || files.length <= NAMED
        ? `by ${few.join(' and by ')}`
        : `by ${rest.length} other files too, first by ${first}`;
  return new FlowError({
    code: 'identity-clash',
    flow: wanted.flow,
    file: wanted.declaredIn,
    what: `The ${noun} ${titleOf(wanted)} is declared ${declared}; one would overwrite the other.`,
    next: isFirst || files.length <= NAMED ? rename : 'The message there says what to do.',
  });
}
