import type { ProjectImages } from '../images/project-images';
import type { ShippedFile } from '../workspace/shipment';

/** Where shipped code lies, immutable under its digest, for workers to load. */
export interface CodeStore {
  /** Whether nobody but workers of this machine can load from it. */
  readonly isLocal: boolean;
  /** Whether workers get the code by the pull steps that a flow's `prefect.yaml` declares. */
  readonly usesDeclaredSteps?: boolean;
  /** Whether it says which image a flow runs in. */
  readonly choosesImage?: boolean;
  /** What was built before, beside the code; absent where a store keeps nothing but code. */
  readonly builds?: KeptBuilds;
  /** Whether each file of a digest is there as it was put; what else the store has been given costs nothing. */
  holds(code: Code): Promise<boolean>;
  /** Puts there what {@link holds} misses; a killed call leaves nothing that it takes for whole. */
  put(code: Code): Promise<void>;
  /** Prefect 3: how a worker gets the code. @throws FlowError where it can't */
  delivery(code: Code, request: DeliveryRequest): Promise<Delivery>;
  /** Before Prefect 3: the storage that holds one flow in a file of a digest, as the library serializes it. */
  storage(digest: string, file: string, flow: StoredFlow): Record<string, unknown>;
}

/** What a deployment of Prefect 3 says of its code. */
export interface Delivery {
  pullSteps: PullStep[];
  /** The job variable `image`, where the code lies in one. */
  image?: string;
}

export interface DeliveryRequest {
  /** Nx project, for errors. */
  flow: string;
  /** The pull steps that its `prefect.yaml` declares; undefined = none. */
  declared: PullStep[] | undefined;
  /** Arguments that `git_clone` has in the flow's Prefect. */
  gitClone: readonly string[];
  /** What the server says of it now; undefined = it has no such deployment. */
  held: Delivery | undefined;
}

/** Builds as text, by the digest of their source. What comes out of it comes from outside. */
export interface KeptBuilds {
  /** Whether they are this machine's own. */
  readonly isLocal: boolean;
  /** Undefined where nobody has put one there. */
  take(sourceDigest: string): Promise<string | undefined>;
  put(sourceDigest: string, text: string): Promise<void>;
}

/** Name of the step's function -> its arguments. */
export type PullStep = Record<string, Record<string, unknown>>;

export interface StoredFlow {
  name: string;
  /** Of Prefect: `0.15.13`. */
  prefect: string;
}

/** Everything that chooses a store. */
export interface StorePlace {
  /** `local:`, `s3://<bucket>/<prefix>`, `git:<address>`, `image:<project>`, `pull:`: its scheme names the kind. */
  url: string;
  /** The block that workers read with, `aws-credentials/production`; their own rights without one. */
  credentials?: string | undefined;
  /** Folder of an image that holds the workspace's files. */
  directory?: string | undefined;
  awsProfile?: string | undefined;
  awsRegion?: string | undefined;
  /** Address of an S3 that is not Amazon's; the SDK also finds one in AWS_ENDPOINT_URL_S3. */
  s3Endpoint?: string | undefined;
}

/** A kind of store: the stores of one scheme. */
export interface StoreKind {
  /** `s3` of `s3://bucket/prefix`. */
  readonly scheme: string;
  open(place: StorePlace, surroundings: StoreSurroundings): CodeStore;
}

export interface StoreSurroundings {
  workspaceRoot: string;
  /** Absent where no project graph is known. */
  images?: ProjectImages | undefined;
  /** Told that one waits for the store. */
  say(line: string): void;
}

export interface Code {
  digest: string;
  /** Path -> SHA-256 of what a build made. */
  files: Record<string, string>;
  /** Each build makes other bytes of one digest, as of a pickle: what was put there first is right. */
  varies?: boolean;
  /** Where its files lie in the workspace; absent for what a build made. */
  shipped?: readonly ShippedFile[];
  /** @throws FlowError `source-changed` or `build-damaged` when the file is not what `files` says */
  read(path: string): Promise<Buffer>;
}

export interface PlacedCode {
  code: Code;
  store: CodeStore;
}
