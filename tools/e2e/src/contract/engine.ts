import type { Workspace } from '../parts/workspace';
import type { Happening } from './steps';

/** What the model knows of one flow. */
interface Model {
  name: string;
  /** `project_1/flow1` */
  folder: string;
  /** Tags or labels that the options of the workspace give. */
  words: string[];
}

/** What a server holds of one flow. */
export interface Held {
  /** Another one after each write. */
  stamp: string;
  /** Belongs to the content: the same content has the same one. */
  version: string;
  /** The fields that the model has an opinion of. */
  fields: Record<string, unknown>;
  /** Absolute path of the folder from which a run would load its code. */
  code: string | undefined;
}

export type Field = (Happening & { kind: 'edit-by-hand' })['field'];

/** A real server, and what people do to it. */
export interface ContractServer {
  /** What makes a command register there. */
  readonly env: Record<string, string>;
  wipe(): Promise<void>;
  snapshot(): Promise<void>;
  /** Puts the copy back, under the running server. */
  restore(): Promise<void>;
  /** By the flow's name. */
  held(): Promise<Map<string, Held>>;
  edit(name: string, field: Field): Promise<void>;
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** One Prefect, with flows and options as its users write them. */
export interface ContractEngine {
  readonly title: string;
  start(): Promise<ContractServer>;
  files(folder: string, flow: { name: string; value: number }): Record<string, string>;
  /** What the files of a workspace don't have: its Python. */
  furnish(workspace: Workspace): void;
  /** `nx.json` with tags or labels for all flows. */
  nxJson(words: string[]): string;
  expected(model: Model): Record<string, unknown>;
  /** Where the plugin compares, and a mistake to plant there: pattern and replacement. */
  readonly comparison: { file: string; onlyDigest: [RegExp, string] };
  /** The flow's `utils.py` in what a run would load. */
  utils(code: string, model: Model): string | undefined;
}
