import type { Connection } from './connection';
import { RestServer } from './rest/server';
import type { WantedDeployment } from './wanted';

/** What registering one deployment would do. */
export interface Planned {
  wanted: WantedDeployment;
  action: 'create' | 'update' | 'unchanged';
  /** For an update: names of the fields that differ on the server. */
  fields: string[];
  /** Sentences for the user. */
  notes: string[];
  /** Page of the deployment, where it exists. */
  url?: string;
}

/** A wanted deployment and the Nx project it is of. */
export interface Wanted {
  flow: string;
  deployment: WantedDeployment;
  takeOver: boolean;
}

/** A Prefect server, whatever it speaks. Nothing outside `src/prefect` knows which one it talks to. */
export interface PrefectServer {
  /** One bulk read: what registering would do. One entry, or an error, for each of `wanted`, in its order. */
  plan(wanted: Wanted[]): Promise<(Planned | Error)[]>;
  /** Writes one planned deployment and verifies what the server then holds. @returns its page */
  apply(planned: Planned): Promise<string>;
}

export interface ConnectOptions {
  /** Called when the server shows that it is asked too much at once. */
  onBusy(): void;
  /** Whether a path, relative to the workspace root, is a file of this workspace. */
  isFile(path: string): boolean;
}

export function connect(connection: Connection, options: ConnectOptions): PrefectServer {
  return new RestServer(connection, options);
}
