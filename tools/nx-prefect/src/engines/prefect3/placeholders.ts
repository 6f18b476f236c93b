import { FlowError, hide } from '../../core/errors';
import { looksSecret } from '../secret-names';

/** Prefect's template syntax, `{{ name }}`, as in `prefect.utilities.templating`; other words in braces are text. */
const PLACEHOLDER = /\{\{\s*([\p{L}\p{N}_.\-[\]$]+)\s*\}\}/gu;
const WHOLE = new RegExp(`^(?:${PLACEHOLDER.source})$`, 'u');

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

/**
 * What a field says goes to the server, which shows it to everybody who may look.
 * @throws FlowError `secret-placeholder` for the first field with a placeholder of a variable that looks like a secret
 */
export function refuseSecrets(fields: object, { flow, file }: { flow: string; file: string }): void {
  for (const [field, value] of Object.entries(fields)) {
    const secret = placeholders(value).find((name) => name.startsWith('$') && looksSecret(name.slice(1)));
    if (secret === undefined) continue;
    throw new FlowError({
      code: 'secret-placeholder',
      flow,
      file,
      what: `The field "${field}" holds {{ ${secret} }}, which looks like a secret; the server would show its value.`,
      next:
        'Take it out; a job variable may name a block instead, for example {{ prefect.blocks.secret.<name> }}, ' +
        'and a variable that holds no secret another name.',
    });
  }
}

function fill(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return fillText(value, lookup);
  if (Array.isArray(value)) return value.map((item) => fill(item, lookup));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, fill(item, lookup)]));
}

function fillText(text: string, lookup: Lookup): unknown {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) {
    const found = lookup(whole);
    return found === undefined ? text : found;
  }
  return text.replace(PLACEHOLDER, (placeholder, name: string) => {
    const found = lookup(name);
    return found === undefined ? placeholder : inText(found);
  });
}

/** As Python writes a variable's value into a text, but for lists and objects, which are JSON. */
function inText(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  return value === null ? 'None' : typeof value === 'string' ? value : JSON.stringify(value);
}
