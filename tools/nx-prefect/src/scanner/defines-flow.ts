import type { Import } from './imports';

/** `@flow`, `@prefect.flow(...)`, `main = flow(fn)`, `with Flow("name") as flow`, `import flow as prefect_flow`. */
const FLOW = /@\s*(?:\w+\.)*flow\b|\b[Ff]low\s*\(|\bflow\s+as\s+\w/;

/**
 * Whether a Python file makes a flow, as far as its text tells: it imports Prefect and calls what makes one.
 *
 * @param source in Latin-1 or UTF-8: only ASCII is looked for
 */
export function definesFlow(source: string, imports: readonly Import[]): boolean {
  return imports.some(({ module, level }) => level === 0 && /^prefect(\.|$)/.test(module)) && FLOW.test(source);
}
