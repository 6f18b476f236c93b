import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { Json } from '../data/tables';

// What the real server reads of a serialized flow (src/prefect_server/api/flows.py, the classes *Schema); all else is
// kept as it came.

const json = z.custom<Json>();
/** Core sends tasks and triggers within others in an abbreviated form. */
const slug = z.preprocess((value) => (isObject(value) ? value['slug'] : value), z.string());

export const task = z.looseObject({
  id: z.string().optional(),
  name: z.string().nullish(),
  slug: z.string(),
  type: z.string().nullish(),
  auto_generated: z.boolean().default(false),
  tags: z.array(z.string()).default([]),
  max_retries: z.int().default(0),
  /** Seconds, in core's form. */
  retry_delay: z.union([z.number(), z.string()]).nullish(),
  cache_key: z.string().nullish(),
  trigger: z.preprocess((value) => (isObject(value) ? value['fn'] : value), z.string().nullish()),
});
export const edge = z.looseObject({
  upstream_task: slug,
  downstream_task: slug,
  mapped: z.boolean().default(false),
  key: z.string().nullish(),
});
const parameter = z.looseObject({
  name: z.string().nullish(),
  slug: z.string(),
  required: z.boolean().default(false),
  default: json.default(null),
});
const clock = z.looseObject({ parameter_defaults: z.record(z.string(), json).nullish() });

export const flow = z.looseObject({
  name: z.string(),
  tasks: z.array(task).default([]),
  edges: z.array(edge).default([]),
  parameters: z.array(parameter).default([]),
  environment: json.default(null),
  run_config: json.default(null),
  storage: json.default(null),
  schedule: z.looseObject({ clocks: z.array(clock).default([]) }).nullish(),
  __version__: z.string().nullish(),
});

/** base64 of gzip of JSON, as the client compresses it. */
export function decompress(text: string): Json {
  try {
    return JSON.parse(gunzipSync(Buffer.from(text, 'base64')).toString('utf8')) as Json;
  } catch (cause) {
    throw new TypeError('Unable to decompress serialized flow', { cause });
  }
}

export function isObject(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
