import type { Edges, Plan } from './plan';

/** How the edges of one kind differ from those that are true. */
export interface Difference {
  missing: number;
  wrong: number;
  /** Some of them, for a reader who wonders. */
  examples: string[];
}

const EXAMPLES = 6;

export function difference(found: ReadonlySet<string>, truth: ReadonlySet<string>): Difference {
  const missing = [...truth].filter((each) => !found.has(each));
  const wrong = [...found].filter((each) => !truth.has(each));
  return {
    missing: missing.length,
    wrong: wrong.length,
    examples: [
      ...missing.slice(0, EXAMPLES).map((each) => `missing ${each}`),
      ...wrong.slice(0, EXAMPLES).map((each) => `wrong ${each}`),
    ],
  };
}

/** Of edges between files, those between the projects that the files belong to. */
export function projectEdges(files: Iterable<readonly [from: string, to: string]>, { flows, libs }: Plan): Set<string> {
  const names = new Map([...flows, ...libs].map(({ root, name }) => [root, name]));
  const projectOf = (file: string): string | undefined => {
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const name = names.get(file.slice(0, at));
      if (name !== undefined) return name;
    }
    return undefined;
  };
  const edges = new Set<string>();
  for (const [from, to] of files) {
    const [source, target] = [projectOf(from), projectOf(to)];
    if (source !== undefined && target !== undefined && source !== target) edges.add(`${source} -> ${target}`);
  }
  return edges;
}

/** What is true after some edits. */
export function withEdges({ projects, packages }: Edges, added: Iterable<string>): Edges {
  return { projects: new Set([...projects, ...added]), packages };
}
