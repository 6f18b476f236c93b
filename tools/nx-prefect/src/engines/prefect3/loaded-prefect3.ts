import type { PullStep } from '../../stores/code-store';
import type { Loaded } from '../loaded';

export interface LoadedPrefect3 extends Loaded {
  engine: 'prefect3';
  flows: FlowObject[];
  deployments: DeploymentObject[];
  yaml: YamlDeclaration[];
  /** Arguments of `git_clone`. */
  gitClone: string[];
}

/** An entry of a `prefect.yaml`: a deployment, why it does not count, or another file that it names nearby. */
export type YamlDeclaration = { file: string } & (
  | YamlDeployment
  | { refusal: { what: string; next: string } }
  | { unmatched: string }
);

export interface YamlDeployment {
  /** Workspace path of the `prefect.yaml`. */
  file: string;
  /** Attribute of the flow file, `main` or `Demo.run`; null where the deployment names none. */
  attribute: string | null;
  /** As Prefect's own code makes them; placeholders (`{{ ... }}`) are still in it. */
  fields: DeclaredFields;
  /** Absent = it declares no pull steps. */
  pull?: DeclaredPull;
}

/** Pull steps as a `prefect.yaml` declares them; their placeholders are for the worker. */
export interface DeclaredPull {
  steps: PullStep[];
  /** A placeholder that only a build or push step would fill; null = there is none. */
  unfilled: string | null;
}

/** One flow object of the module, in the order of its attributes in the module. */
export interface FlowObject {
  /** The module's attribute that holds it; null for a flow defined in the file and bound to no attribute. */
  attribute: string | null;
  /** Prefect's name of the flow: `flow.name`. */
  flowName: string;
  /** 1-based line of its function in its file. */
  line: number;
  /** Whether its function is defined in this very file. */
  definedHere: boolean;
  /** Whether another function of this file refers to it: then it is a subflow. */
  calledHere: boolean;
  description: string | null;
  /** The version that the flow gives itself; null where Prefect would only make one up. */
  version: string | null;
  parameterOpenapiSchema: Record<string, unknown>;
}

/**
 * One deployment made in code with `flow.to_deployment(...)` and held by a module attribute (also inside a list or
 * tuple), or declared under the file's main guard.
 */
export interface DeploymentObject {
  /** `nightly`, or the way into a list, tuple or dict: `many[0]`, `by_name['b']`; under a main guard the call. */
  attribute: string;
  /** Workspace path of the file that declares it: the flow's, or one beside it. */
  file: string;
  /** The attribute of the flow that it deploys; null when no attribute of the module holds that flow. */
  flowAttribute: string | null;
  flowName: string;
  /** Where parameters are frozen; null = the flow's. */
  parameterOpenapiSchema: Record<string, unknown> | null;
  /** The fields that the call really gave, under their REST names, ready for JSON. */
  fields: DeclaredFields;
}

/** What source can declare of a deployment, under Prefect's REST names. Absent = not declared. */
export interface DeclaredFields {
  name?: string;
  description?: string | null;
  version?: string | null;
  /** Text: a placeholder of a `prefect.yaml` that is a list when it is filled. */
  tags?: string[] | string;
  parameters?: Record<string, unknown>;
  /** Text: a placeholder of a `prefect.yaml`; so below. */
  enforce_parameter_schema?: boolean | string;
  paused?: boolean | string;
  schedules?: DeclaredSchedule[];
  concurrency_limit?: number | string | null;
  concurrency_options?: Record<string, unknown> | null;
  work_pool_name?: string | null;
  work_queue_name?: string | null;
  job_variables?: Record<string, unknown>;
}

export interface DeclaredSchedule {
  /**
   * `{cron, timezone?, day_or?}`, `{interval (seconds), anchor_date?, timezone?}` or `{rrule, timezone?}`; `rrule` as
   * it was written, often without DTSTART.
   */
  schedule: Record<string, unknown>;
  /** Absent = not declared. */
  active?: boolean | string;
  slug?: string;
  parameters?: Record<string, unknown>;
  max_scheduled_runs?: number;
  /** Slug of the schedule that this one replaces: Prefect's way to rename a slug. */
  replaces?: string;
}
