import type { Engine, Manifest } from '../build/manifest';
import type { ShippedFile } from '../build/shipment';
import type { RegisterOptions } from '../executors/flow/register-options';
import type { Code, CodeStore } from '../register/code-store';
import { type Connection, findConnection } from './connection';
import { findGraphqlConnection } from './graphql/connection';
import { GraphqlServer } from './graphql/server';
import { wantedFlows } from './graphql/wanted';
import { RestServer } from './rest/server';
import { wantedDeployments } from './rest/wanted';

/** One registration as source and options want it; the rest of it only its own server reads. */
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

export interface PlacedCode {
  code: Code;
  store: CodeStore;
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
  /** Sentences for the user. */
  notes: string[];
  /** Its page, where it exists. */
  url?: string;
}

/**
 * A Prefect server, whatever it speaks. Nothing outside `src/prefect` knows which one it talks to. Takes what
 * {@link wantedOf} made for its own engine.
 */
export interface PrefectServer {
  /** One bulk read: what registering would do. One entry, or an error, for each of `wanted`, in its order. */
  plan(wanted: Wanted[]): Promise<(Planned | Error)[]>;
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
  env: NodeJS.ProcessEnv;
  /** One store for each place, shared by all tasks of a run. */
  storeFor(place: StorePlace): CodeStore;
  /** Python of the flow, for a storage that builds itself. @throws FlowError when there is none */
  interpreter(): string;
}

export type StorePlace = Pick<RegisterOptions, 's3Bucket' | 's3Prefix' | 'awsProfile' | 'awsRegion'> & {
  s3Endpoint?: string | undefined;
};

export function wantedOf(manifest: Manifest, context: WantContext): Wanted[] {
  return manifest.engine === 'prefect1' ? wantedFlows(manifest, context) : wantedDeployments(manifest, context);
}

/** @throws FlowError when nothing names a server */
export function connectionOf(engine: Engine, { workspaceRoot, options, env }: WantContext): Connection {
  return engine === 'prefect1'
    ? findGraphqlConnection(options.apiUrl, env)
    : findConnection(workspaceRoot, options.apiUrl, env);
}

export interface ConnectOptions {
  /** Whether a path, relative to the workspace root, is a file of this workspace. */
  isFile(path: string): boolean;
}

export function connect(engine: Engine, connection: Connection, options: ConnectOptions): PrefectServer {
  return engine === 'prefect1' ? new GraphqlServer(connection) : new RestServer(connection, options);
}

/** What a registration is called by those who use this engine, and how to give it another name. */
export function wordsOf(engine: Engine): { noun: string; rename: string } {
  if (engine === 'prefect1') {
    return {
      noun: 'flow',
      rename:
        'Give one of the flows another name (Flow("...")), ' +
        'or its folder another Prefect project (the option "prefectProject").',
    };
  }
  return {
    noun: 'deployment',
    rename:
      'Give one of the flows another name (@flow(name=...)) or one of the deployments another name; ' +
      '--deploymentName names all of a run alike.',
  };
}
