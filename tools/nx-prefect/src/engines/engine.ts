import type { RegisterOptions } from '../options/register-options';
import type { CodeStore, PlacedCode, StorePlace } from '../stores/code-store';
import type { ShippedFile } from '../workspace/shipment';
import type { Connection } from './connection';
import type { Loaded } from './loaded';
import type { EnginePart, Manifest } from './manifest';
import type { Change } from './shown-change';
import type { FlowToBuild, StagedFlow } from './staged-flow';

/** What a request to the worker has besides, for one engine. */
export interface EngineRequest {
  /** Absolute path of the script that holds what ships. */
  script?: string;
  /** `prefect.yaml` files that may declare deployments of the flow. */
  prefectYaml?: PrefectYaml[];
}

export interface PrefectYaml {
  /** Workspace path. */
  file: string;
  text: string;
  /**
   * Other files in the flow's folder that it names and that are there: flows of their own. Null for a flow without a
   * folder: all that it names and is not this flow belongs to others.
   */
  others: string[] | null;
}

/**
 * A Prefect that flows are written for, with the API that its servers speak. All that differs between two of them is
 * behind this; `engines/engines.ts` lists them.
 */
export interface Engine<M extends Manifest = Manifest, L extends Loaded = Loaded> {
  /** As the worker says it and manifests keep it. */
  readonly name: string;
  /** Versions of Prefect that it reads. The worker has the last word: python/nx_prefect/engines.py. */
  readonly versions: RegExp;
  /** What a registration is called by those who use this engine, and how to give it another name. */
  readonly words: { noun: string; rename: string };

  /**
   * Reads and writes what only this engine loads.
   * @throws FlowError when it can't be read
   */
  prepareLoad(workspaceRoot: string, flow: StagedFlow): EngineRequest;
  /**
   * Writes into `flow.staging` what lies beside a manifest that another machine has made, from the files that ship.
   * Absent where a build is its manifest. @returns whether that gives what the manifest says
   */
  complete?(workspaceRoot: string, flow: FlowToBuild, manifest: M): boolean;
  /**
   * What of the manifest is this engine's own, from what the worker says of a flow.
   * @throws FlowError when the file declares nothing that can be registered
   */
  describe(flow: StagedFlow, loaded: L): Promise<EnginePart<M>>;
  /** How a build is known to people: the names that it registers, and the digest of what ships. */
  summary(manifest: M): { names: string[]; digest: string };

  /** @throws FlowError when nothing names a server */
  connection(context: Pick<WantContext, 'workspaceRoot' | 'options' | 'env'>): Connection;
  /** Where runs go that neither a flow nor an option sends anywhere; absent where there are no work pools. */
  defaultWorkPool?(context: Pick<WantContext, 'workspaceRoot' | 'env'>): { text: string; from: string } | undefined;
  /** What a build should become on a server. */
  wanted(manifest: M, context: WantContext): Wanted[];
  connect(connection: Connection, options: ConnectOptions): PrefectServer;
}

/** One registration as source and options want it; the rest of it only its own engine reads. */
export interface Wanted {
  /** Nx project. */
  flow: string;
  /** (flow name, deployment name) on Prefect 3, (Prefect project, flow name) before: unique on a server. */
  identity: readonly [string, string];
  /** The file that declares it. */
  declaredIn: string;
  takeOver: boolean;
  /** What has to lie where workers load it from; absent when the flow's own storage sees to that. */
  code?: PlacedCode;
}

/** The name of a registration in everything that is printed. */
export function titleOf({ identity }: Wanted): string {
  return identity.join('/');
}

/** What registering would do. */
export interface Planned {
  wanted: Wanted;
  action: 'create' | 'update' | 'unchanged';
  /** For an update: names of the fields that differ on the server. */
  fields: string[];
  /** The same with their values, as they may be shown. */
  changes: Change[];
  /** Digests of what it would be and of what the server holds, '' for nothing: equal ones did not move. */
  state(): { wanted: string; held: string };
  /** Of the last write, where the server knows it. */
  commit?: string;
  /** Whether somebody else changed what was registered last; absent where the server can't tell. */
  isDrift?: boolean;
  /** Sentences for the user. */
  notes: string[];
  /** Its page, where it exists. */
  url?: string;
}

/** A registration that the server holds under a workspace's tag or key. */
export interface Registered {
  /** The server's. */
  id: string;
  identity: readonly [string, string];
  /** Whether the workspace registered this very one: a copy that somebody made of it has its mark, and is not ours. */
  isBound: boolean;
  /** Workspace path of the flow file, and what else its mark says, if it says that. */
  file?: string;
  environment?: string;
  commit?: string;
  /** The flow's file gave its name; an option gave any other. */
  isNamedBySource?: boolean;
  /** Names of fields that somebody else changed since the last registration. */
  drifted: string[];
  isPaused: boolean;
  /** ISO time at which `prune` paused it. */
  prunedAt?: string;
  schedules: { active: number; all: number };
  url?: string;
  lastRun?: LastRun;
}

export interface LastRun {
  /** In the server's words: `Completed`. */
  state: string;
  /** ISO time at which it was due. */
  at: string;
}

/** What takes registrations away. Each asks again whether the registration is still what was listed, and is ours. */
export interface Prune {
  unfinishedRuns(held: Registered): Promise<number>;
  /** Stops its schedules, and says so in its mark: a later registration takes exactly that back. */
  pause(held: Registered, workspaceId: string, at: string): Promise<void>;
  delete(held: Registered, workspaceId: string): Promise<void>;
}

/** A Prefect server, whatever it speaks. Takes what {@link Engine.wanted} of its own engine made. */
export interface PrefectServer {
  /** One bulk read: what registering would do. One entry, or an error, for each of `wanted`, in its order. */
  plan(wanted: Wanted[]): Promise<(Planned | Error)[]>;
  /** Everything that carries a workspace's mark, in a few requests. */
  list(workspaceId: string): Promise<Registered[]>;
  /** Names of its work pools, sorted; absent where there are none. */
  workPools?(): Promise<string[]>;
  /** Absent where marks do not tell enough of a registration to take it away. */
  prune?: Prune;
  /**
   * Writes one planned registration and verifies what the server then holds.
   * @param stored settles when its code is where workers load it; a rejection is passed on, and nothing is written
   * @returns its page, if it has one
   */
  apply(planned: Planned, stored: Promise<void>): Promise<string | undefined>;
}

/** A build with everything that decides what it should become on a server. */
export interface WantContext {
  workspaceRoot: string;
  /** Nx project. */
  flow: string;
  /** The folder's name above the flow's: `project_1`. */
  project: string;
  /** Absolute path of its build. */
  output: string;
  /** What ships now. */
  shipped: ShippedFile[];
  options: RegisterOptions;
  /** What was typed on the command line for this run: it wins over the flow's own settings. */
  typed: Partial<RegisterOptions>;
  workspaceId: string;
  /** Of the checkout, a few digits; empty outside of a git repository. */
  commit: string;
  env: NodeJS.ProcessEnv;
  /** One store for each place, shared by all tasks of a run. */
  storeFor(place: StorePlace): CodeStore;
  /** Python of the flow, for a storage that builds itself. @throws FlowError when there is none */
  interpreter(): string;
}

export interface ConnectOptions {
  /** Whether a path, relative to the workspace root, is a file of this workspace. */
  isFile(path: string): boolean;
  /** Told that one waits for the server. */
  say(line: string): void;
}
