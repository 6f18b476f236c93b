/** A generated workspace, and what is true of it. */
export interface Plan {
  /** Content by workspace path: sources and what belongs to any contestant's workspace. */
  files: ReadonlyMap<string, string>;
  flows: readonly Project[];
  libs: readonly Project[];
  /** Packages of the lock, by distribution name. */
  packages: readonly string[];
  edges: Edges;
  edit(kind: EditKind, run: number): Edit;
}

export interface Project {
  name: string;
  root: string;
  /** Where its modules are imported from: `libs/money/src`, or the folder above for a lib that is a package itself. */
  sourceRoot: string;
}

/** What Python loads: `project_1-orders -> alerts`, and `alerts -> pandas` for packages. */
export interface Edges {
  projects: ReadonlySet<string>;
  packages: ReadonlySet<string>;
}

export type EditKind = 'flow' | 'lib';

/** Of one file: it gets an import that it had not. */
export interface Edit {
  file: string;
  content: string;
  /** The edge that is there with it, and not without. */
  edge: string;
}

export function edge(from: string, to: string): string {
  return `${from} -> ${to}`;
}
