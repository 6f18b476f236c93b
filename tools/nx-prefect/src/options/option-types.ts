import { z } from 'zod';
import { hasControl, hasLoneSurrogate } from '../core/clean-text';

const LONGEST = 1000;

/** What is wrong with a text, in words that go on from "must"; undefined for one that is right. */
function flaw(value: string): string | undefined {
  if (value.trim() === '') return 'must not be empty (is a variable not set? leave the option out for its default)';
  if (hasControl(value)) return 'must be one line without control characters';
  if (hasLoneSurrogate(value)) return 'must be valid Unicode: it holds half of a surrogate pair';
  if (value.length > LONGEST) return `must have at most ${LONGEST} characters; it has ${value.length}`;
  return undefined;
}

/** A description of a value that is not text. */
function noText(value: unknown): string {
  if (value === null) return 'must be text and is null: leave it out for its default';
  if (Array.isArray(value)) return 'must be one value and is a list: give it once';
  if (typeof value === 'boolean') return `must be text: it has no value, or is ${value} without quotes`;
  if (typeof value === 'number') return 'must be text, and a number such as 1.10 loses a digit: put it in quotes';
  return 'must be text';
}

/** A number of a JSON file is taken where it is spelled in one way only. */
export function numberAsText(value: unknown): unknown {
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
}

const checked = z.string({ error: ({ input }) => noText(input) }).check((context) => {
  const message = flaw(context.value);
  if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
});

/** A text of one line: `--tags=3` is text too. */
export const text = z.preprocess(numberAsText, checked);

/** A text that has to be more than one line of characters. @param message what it must be, after "must" */
export function textLike(pattern: RegExp, message: string) {
  return z.preprocess(
    numberAsText,
    checked.refine((value) => flaw(value) !== undefined || pattern.test(value), message),
  );
}

/** Characters that Prefect 3 refuses in names (`prefect.types.names.BANNED_CHARACTERS`). */
const NO_NAME = /[/%&><]/;
const LONGEST_NAME = 255;

/** What is wrong with a name for Prefect 3, in words; undefined for one that its server takes. */
export function nameFlaw(name: string): string | undefined {
  const banned = NO_NAME.exec(name)?.[0];
  if (banned !== undefined) return `must not hold "${banned}": Prefect refuses / % & > < in names`;
  if (name.length > LONGEST_NAME) return `must have at most ${LONGEST_NAME} characters; it has ${name.length}`;
  return flaw(name);
}

/** The name of a deployment, pool or queue of Prefect 3. */
export const serverName = z.preprocess(
  numberAsText,
  checked.check((context) => {
    const message = nameFlaw(context.value);
    if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
  }),
);

/** `--tags=a,b` and `--tags=a --tags=b` come as a string or a list. */
export const words = z.preprocess(
  (value) =>
    (typeof value === 'string' && value.trim() !== '') || typeof value === 'number'
      ? String(value).split(',').filter(Boolean)
      : typeof value === 'string'
        ? [value]
        : value,
  z.array(z.preprocess(numberAsText, checked), { error: 'must be a list of text' }),
);

/** `--repository='{"scanOnPush": true}'` comes as text. */
export function object<T extends z.ZodType>(schema: T) {
  return z.preprocess((value) => (typeof value === 'string' ? parsed(value) : value), schema);
}

/** `--dryRun` may come as the word. */
export const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'must be true or false, given once' }),
);

/** What is typed comes as text. */
export const positiveNumber = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value),
  z.number({ error: 'must be a number' }).positive('must be more than 0'),
);

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return given;
  }
}
