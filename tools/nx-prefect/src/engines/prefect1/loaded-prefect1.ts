import type { Loaded } from '../loaded';

export interface LoadedPrefect1 extends Loaded {
  engine: 'prefect1';
  flows: Prefect1Flow[];
  /** With `ship: pickle`, each flow's name and the text that the library stores of it. */
  pickles: Record<string, string>;
}

/** One flow object of Prefect 0.15 - 1.x that an attribute of the flow file holds. */
export interface Prefect1Flow {
  attribute: string;
  flowName: string;
  /** 1-based line of flow.py that makes it; null when another file does. */
  line: number | null;
  /**
   * The library's own `flow.serialize()`, its edges in a fixed order; `storage` as the flow set it, null where it set
   * none.
   */
  serializedFlow: SerializedFlow;
  /**
   * `default`: it sets no storage. `ready`: its storage is complete. `build`: `nx_prefect_storage.py` has to build it.
   */
  storage: 'default' | 'ready' | 'build';
  /** Labels that its storage adds to its run config's, but for the host's name. */
  storageLabels: string[];
}

/** JSON; what Prefect 0.15 - 1.x registers. */
export interface SerializedFlow {
  name: string;
  storage: Record<string, unknown> | null;
  run_config: Record<string, unknown> | null;
  /** Prefect 0.15 only. */
  environment?: Record<string, unknown> | null;
  [field: string]: unknown;
}
