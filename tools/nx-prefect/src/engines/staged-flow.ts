import type { BuildOptions } from '../options/build-options';
import type { ShippedFile } from '../workspace/shipment';

/** One flow to build. */
export interface FlowToBuild {
  /** Nx project, say `project_1-flow1`. */
  flow: string;
  /** Its folder, relative to the workspace root. */
  folder: string;
  /** Relative to the workspace root, and at the same place in what ships: `flows/project_1/flow1/flow.py`. */
  flowFile: string;
  options: BuildOptions;
  /** What ships: workspace path -> path in the shipped code. */
  files: ShippedFile[];
  /** Workspace paths of the `prefect.yaml` files that exist beside the flow and at the root. */
  prefectYaml: string[];
  /** Absolute; where what ships is copied to, and loaded from. */
  code: string;
  /** Absolute; what becomes the build when it is done. */
  staging: string;
}

/** A flow whose files are copied and that is ready to be loaded. */
export interface StagedFlow extends FlowToBuild {
  /** Shipped path -> SHA-256. */
  codeFiles: Record<string, string>;
  /** Workspace path -> SHA-256, of every file that the build reads. */
  sources: Record<string, string>;
}
