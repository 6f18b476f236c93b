import type { WantedDeployment } from './rest/wanted';

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
  readonly apiUrl: string;
  /** One bulk read: what registering would do. One entry, or an error, for each of `wanted`, in its order. */
  plan(wanted: Wanted[]): Promise<(Planned | Error)[]>;
  /** Writes one planned deployment and verifies what the server then holds. @returns its page */
  apply(planned: Planned): Promise<string>;
}
