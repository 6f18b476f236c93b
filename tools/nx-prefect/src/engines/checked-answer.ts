import { z } from 'zod';
import type { Answer } from '../core/network/ask';
import { isObject } from '../core/is-object';

/** An answer that the API asked for does not give: another program's page, half of one, another shape. */
export class StrangeAnswer extends Error {
  override readonly name = 'StrangeAnswer';
}

/**
 * An object whatever is in it. Shapes are made of this and of `z.object`, which looks at the named fields alone: 5 ms
 * for 1,000 deployments, where records and loose objects, which copy, took 45.
 */
export const jsonObject = z.custom<Record<string, unknown>>(isObject, 'expected object');

/**
 * The JSON of an answer, which has the form that is read.
 * @throws StrangeAnswer whose message says what came instead; nothing of its content, which may be secret
 */
export function checkedAnswer<T>({ status, text }: Answer, shape: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new StrangeAnswer(`${status} with ${kindOf(text)}`);
  }
  const checked = shape.safeParse(json);
  // What was sent, not a copy of it.
  if (checked.success) return json as T;
  throw new StrangeAnswer(`${status} with JSON of an unexpected form (${formIssue(checked.error)})`);
}

/** What is first wrong with the form of an answer: `expected string at 0.id`. */
export function formIssue({ issues }: z.ZodError, above: readonly string[] = []): string {
  const { path = [], message = '' } = issues[0] ?? {};
  const expected = message.replace('Invalid input: ', '').replace(', received undefined', '');
  const at = [...above, ...path].join('.');
  return at === '' ? expected : `${expected} at ${at}`;
}

/** @returns what a text seems to be that is not what was asked for */
export function kindOf(text: string): string {
  if (isJson(text)) return 'JSON of an unexpected form';
  if (text.trim() === '') return 'nothing';
  if (/^\s*<(!doctype|html|\?xml|head|body)/i.test(text)) return 'a web page';
  return /^\s*[[{"]/.test(text) ? 'JSON that is cut off or damaged' : 'text that is not JSON';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
