import type { SerializedFlow } from './loaded-prefect1';
import type { SerializedObject } from './library';

/** What options say of where a flow runs. */
export interface RunOptions {
  labels: string[];
  image: string | undefined;
  env: Record<string, string>;
  /** What was typed for this run: it wins over the flow's own. */
  typed: { image?: string | undefined; env?: Record<string, string> | undefined };
}

/**
 * The run config of a flow, or its environment, which came before run configs: labels of options, storage
 * and its own united, gaps filled, as `prepare_flows` of the library's command line leaves it.
 * @param byDefault for a flow that sets none
 */
export function withRunConfig(
  flow: SerializedFlow,
  byDefault: SerializedObject,
  storageLabels: string[],
  options: RunOptions,
): SerializedFlow {
  const { environment } = flow;
  if (flow.run_config === null && environment) {
    return {
      ...flow,
      environment: { ...environment, labels: united(environment['labels'], options.labels, storageLabels) },
    };
  }
  const own = flow.run_config ?? byDefault;
  const image = imageOf(own, flow.storage, options);
  const env = { ...options.env, ...(own['env'] as Record<string, unknown> | null), ...options.typed.env };
  return {
    ...flow,
    run_config: {
      ...own,
      labels: united(own['labels'], options.labels, storageLabels),
      env: Object.keys(env).length > 0 ? env : (own['env'] ?? null),
      ...(image === undefined ? {} : { image }),
    },
  };
}

/** Each label once, in the order of Python's `sorted`. */
export function united(...lists: unknown[]): string[] {
  return [...new Set(lists.flatMap((list) => (list ?? []) as string[]))].sort();
}

/**
 * The image that options give; undefined leaves the flow's own. A run config that can't have one stays, and so does one
 * that says it elsewhere: in its task definition or job template, or by a `Docker` storage, from which agents take it.
 */
function imageOf(
  own: SerializedObject,
  storage: SerializedObject | null,
  { image, typed }: RunOptions,
): string | undefined {
  // ECSRun refuses an image beside an ARN.
  if (!('image' in own) || own['task_definition_arn']) return undefined;
  if (typed.image !== undefined) return typed.image;
  const said = [
    'image',
    'task_definition',
    'task_definition_path',
    'job_template',
    'job_template_path',
    'worker_pool_specs',
  ].some((field) => own[field]);
  return said || storage?.['type'] === 'Docker' ? undefined : image;
}
