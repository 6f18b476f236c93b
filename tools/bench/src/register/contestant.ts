import type { Engine } from './engine';
import type { Edit, GeneratedWorkspace } from './workspace';

export const SCENARIOS = ['first', 'nothing', 'fresh', 'flow', 'lib', 'revert'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Where a command registers. */
export interface Target {
  engine: Engine;
  /** Address of the API. */
  url: string;
  /** Of an S3 API; credentials come with it. Undefined where code stays on this machine. */
  s3: Record<string, string> | undefined;
}

/** One way to bring a workspace's flows to a server; it has a workspace and a server of its own. */
export interface Contestant {
  readonly key: string;
  readonly name: string;
  readonly what: string;
  readonly engines: readonly Engine[];
  /**
   * Those that tell anything; a command that does the same whatever changed is measured with the first and the second.
   */
  readonly scenarios: readonly Scenario[];
  /**
   * Names of the flows that it has to write in a scenario, and no others; any where undefined. The server is read back
   * and compared.
   */
  writes?(scenario: Scenario, edit: Edit | undefined): readonly string[] | undefined;
  /** Its code goes to S3, with both engines; else only Prefect 0.15.13 has a bucket. */
  readonly inBucket?: boolean;
  /** It registers nothing: a part of the limit, or Nx alone. */
  readonly readsOnly?: boolean;
  /** Files of its workspace beside the generated ones, which it may change. */
  files(workspace: GeneratedWorkspace, root: string): Record<string, string>;
  command(scenario: Scenario, workspace: GeneratedWorkspace, target: Target): readonly string[];
  env(target: Target, root: string): Record<string, string>;
  /** Goes to standard input. */
  input?(workspace: GeneratedWorkspace): string;
}
