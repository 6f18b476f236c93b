import { textLike } from './option-types';

/** Short enough to leave room for the names that it is added to. */
export const environmentName = textLike(
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/,
  'must be a short name of letters, digits, ".", "_" and "-", for example staging or pr-123',
);

/** What a name of source is called in an environment: the suffix keeps environments on one server apart. */
export function nameIn(environment: string | undefined, name: string): string {
  return environment === undefined ? name : `${name}-${environment}`;
}

/** Whether schedules that the server does not hold yet start: in an environment only where somebody says so. */
export function startsSchedules({
  schedule,
  environment,
}: {
  schedule?: boolean | undefined;
  environment?: string | undefined;
}): boolean {
  return schedule ?? environment === undefined;
}
