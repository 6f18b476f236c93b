import { z } from 'zod';
import { jsonObject as object } from '../checked-answer';

/** Parts of Prefect 3's REST resources that are read here; see `GET /api/openapi.json` of a server. */
export interface Deployment {
  id: string;
  name: string;
  flow_id: string;
  version: string | null;
  description: string | null;
  paused: boolean;
  schedules: Schedule[];
  global_concurrency_limit: { limit: number } | null;
  concurrency_options: Record<string, unknown> | null;
  job_variables: Record<string, unknown>;
  parameters: Record<string, unknown>;
  tags: string[];
  labels: Record<string, string | number | boolean> | null;
  work_pool_name: string | null;
  work_queue_name: string | null;
  parameter_openapi_schema: Record<string, unknown> | null;
  enforce_parameter_schema: boolean;
  path: string | null;
  pull_steps: Record<string, unknown>[] | null;
  entrypoint: string | null;
}

export interface Schedule {
  id?: string;
  slug: string | null;
  active: boolean;
  schedule: Record<string, unknown>;
  parameters: Record<string, unknown>;
  max_scheduled_runs: number | null;
}

export interface Flow {
  id: string;
  name: string;
}

/**
 * What an answer has to be before it is read: the form of what is read, with room for what older and newer servers
 * leave out or add.
 */
function shape<T>(fields: z.ZodRawShape): z.ZodType<T> {
  return z.object(fields) as unknown as z.ZodType<T>;
}

export const flowShape = shape<Flow>({ id: z.string(), name: z.string() });

export const deploymentShape = shape<Deployment>({
  id: z.string(),
  name: z.string(),
  flow_id: z.string(),
  version: z.string().nullish(),
  description: z.string().nullish(),
  paused: z.boolean(),
  schedules: z.array(z.object({ active: z.boolean(), schedule: object, slug: z.string().nullish() })),
  job_variables: object,
  parameters: object,
  tags: z.array(z.string()),
  labels: object.nullish(),
  pull_steps: z.array(object).nullish(),
  entrypoint: z.string().nullish(),
});

export const namedShape = shape<{ name: string }>({ name: z.string() });

export const variableShape = shape<{ name: string; value: unknown }>({ name: z.string(), value: z.unknown() });

export const csrfTokenShape = shape<{ token: string }>({ token: z.string() });
