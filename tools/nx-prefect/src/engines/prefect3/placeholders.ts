import { FlowError, hide } from '../../core/errors';

/** Prefect's template syntax, `{{ name }}`: see `prefect.utilities.templating`. */
const PLACEHOLDER = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** Gives the value of a placeholder's name, or undefined to leave the placeholder as it is. */
export type Lookup = (name: string) => unknown;

/**
 * Fills placeholders in a JSON value. A string that is nothing but one placeholder becomes its value, with its type.
 */
export function fillPlaceholders<T>(value: T, lookup: Lookup): T {
  return fill(value, lookup) as T;
}

/** Names of all placeholders in a JSON value. */
export function placeholders(value: unknown): string[] {
  const names: string[] = [];
  fill(value, (name) => void names.push(name));
  return names;
}

/** Looks `$NAME` up in an environment. @throws FlowError `placeholder` for a variable that is not set */
export function environmentLookup(env: NodeJS.ProcessEnv, flow: string): Lookup {
  return (name) => {
    if (!name.startsWith('$')) return undefined;
    const value = env[name.slice(1)];
    if (value !== undefined) {
      // The server repeats values that it refuses.
      hide(value);
      return value;
    }
    throw new FlowError({
      code: 'placeholder',
      flow,
      what: `The placeholder {{ ${name} }} names an environment variable that is not set.`,
      next: `Set ${name.slice(1)} where register runs.`,
    });
  };
}

function fill(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return fillText(value, lookup);
  if (Array.isArray(value)) return value.map((item) => fill(item, lookup));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, lookup)]));
}

function fillText(text: string, lookup: Lookup): unknown {
  const whole = /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(text)?.[1];
  if (whole !== undefined) return lookup(whole) ?? text;
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const found = lookup(name);
    return found === undefined ? placeholder : typeof found === 'string' ? found : JSON.stringify(found);
  });
}
