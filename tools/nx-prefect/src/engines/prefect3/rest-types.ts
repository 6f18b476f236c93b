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
