import { sameJson } from './canonical';
import { isObject } from './is-object';
import { differences, shown, valueAt } from './json-differences';

/** One value that differs, by its way inside a field: `env.REGION`; empty for the field itself. */
export interface ValueChange {
  at: string;
  before: unknown;
  after: unknown;
}

/**
 * The single values in which two JSON values differ. Of lists without objects what came and went is said, since a new
 * first item would change all places.
 */
export function valueChanges(before: unknown, after: unknown): ValueChange[] {
  if (isPlainList(before) && isPlainList(after)) {
    const lacks = (list: unknown[], item: unknown) => !list.some((other) => sameJson(other, item));
    const gone = before.filter((item) => lacks(after, item));
    const come = after.filter((item) => lacks(before, item));
    if (gone.length + come.length > 0) {
      return [
        ...gone.map((item) => ({ at: '', before: item, after: undefined })),
        ...come.map((item) => ({ at: '', before: undefined, after: item })),
      ];
    }
  }
  return differences(before, after).map((path) => ({
    at: shown(path),
    before: valueAt(before, path),
    after: valueAt(after, path),
  }));
}

function isPlainList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !value.some((item) => isObject(item) || Array.isArray(item));
}
