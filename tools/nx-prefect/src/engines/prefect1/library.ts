/** A storage or a run config as JSON. */
export type SerializedObject = Record<string, unknown>;

// What `prefect.serialization` of 0.15.13 and 1.4.1 makes of these objects, field by field.

/** `ECSRun()` */
export function ecsRun(version: string): SerializedObject {
  const unset = [
    'task_definition',
    'task_definition_path',
    'task_definition_arn',
    'image',
    'cpu',
    'memory',
    'task_role_arn',
    'execution_role_arn',
    'run_task_kwargs',
    'env',
  ];
  return {
    type: 'ECSRun',
    __version__: version,
    labels: [],
    ...Object.fromEntries(unset.map((field) => [field, null])),
  };
}

/** `UniversalRun()` */
export function universalRun(version: string): SerializedObject {
  return { type: 'UniversalRun', __version__: version, labels: [], env: null };
}
