import { redact } from '../core/errors';
import { sameJson } from '../core/canonical';
import { isObject } from '../core/is-object';
import { looksSecret } from './secret-names';

/** A field that registering would write, as it may be shown: without secrets. */
export interface Change {
  field: string;
  /** What the server holds; undefined where it holds nothing. */
  before?: unknown;
  /** What it would hold. */
  after?: unknown;
}

/** Stands for a value of the server's where the source has a placeholder: it may come from the environment. */
const ANOTHER = '(another value)';
const SECRET = '***';
const ANOTHER_SECRET = '*** (another value)';

/** @param after with placeholders as the source has them */
export function shownChange(field: string, before: unknown, after: unknown): Change {
  return { field, before: shownValue(besides(before, after)), after: shownValue(after, before) };
}

/** What was there, without values that stood where the source has a placeholder. */
function besides(before: unknown, after: unknown): unknown {
  if (!holdsPlaceholder(after) || before === undefined || before === null || sameJson(before, after)) return before;
  if (isObject(before) && isObject(after))
    return Object.fromEntries(Object.entries(before).map(([name, value]) => [name, besides(value, after[name])]));
  if (Array.isArray(before) && Array.isArray(after))
    return before.map((item) => (after.some((other) => sameJson(other, item)) ? item : ANOTHER));
  return ANOTHER;
}

function holdsPlaceholder(value: unknown): boolean {
  return /\{\{.*\}\}/.test(JSON.stringify(value) ?? '');
}

/** @param instead what it replaces: a secret that differs from it is shown as such, and not which it is */
function shownValue(value: unknown, instead?: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item, at) => shownValue(item, (instead as unknown[] | undefined)?.[at]));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const other = isObject(instead) ? instead[name] : undefined;
      if (!hidesValue(name, item)) return [name, shownValue(item, other)];
      return [name, other === undefined || other === item ? SECRET : ANOTHER_SECRET];
    }),
  );
}

/** Neither a placeholder nor an empty value is a secret. */
function hidesValue(name: string, value: unknown): boolean {
  return (
    looksSecret(name) && typeof value === 'string' && value !== '' && !holdsPlaceholder(value) && value !== ANOTHER
  );
}
