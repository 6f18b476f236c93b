import { z } from 'zod';
import { text } from './option-types';

/** `--json` alone is stdout. */
const json = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' || value === false ? undefined : value),
  z.union([z.literal(true), text]).optional(),
);

/** Of every target that talks to a server. */
export const reportOptions = {
  json: json.describe('The report as one JSON document: in this file, or on standard output (--json).'),
  markdown: text.optional().describe('File for the report as Markdown, for example for a comment on a pull request.'),
};

const schema = z.object(reportOptions);

/** Where the report of a task goes; options that are wrong are said with their task. */
export function reportPlaces(options: unknown): z.infer<typeof schema> {
  return schema.safeParse(options).data ?? {};
}
