import type { SerializedFlow } from './loaded-prefect1';
import { sameJson } from '../../core/canonical';
import { isObject } from '../../core/is-object';

/** Fields whose parts say more than they do themselves. */
const NESTED = new Set(['storage', 'run_config']);

/**
 * Names of the fields in which two serialized flows differ, `storage.key` where both have one of a kind; empty = equal.
 */
export function differences(wanted: SerializedFlow, held: SerializedFlow): string[] {
  return fieldsOf(wanted, held).flatMap((field) => {
    const [one, other] = [wanted[field], held[field]];
    if (sameJson(one ?? null, other ?? null)) return [];
    if (!NESTED.has(field) || !isObject(one) || !isObject(other) || one['type'] !== other['type']) return [field];
    return fieldsOf(one, other).flatMap((part) =>
      sameJson(one[part] ?? null, other[part] ?? null) ? [] : [`${field}.${part}`],
    );
  });
}

function fieldsOf(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}
