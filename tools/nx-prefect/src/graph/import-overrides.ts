import { FlowError } from '../core/errors';

/**
 * The option `imports`: projects' folders by the modules that come from them; `false` for those that come from none.
 */
export type ImportOverrides = Readonly<Record<string, string | false>>;

/**
 * Says what the option tells of a dotted name: the longest prefix that it names decides.
 *
 * @param roots folders of all flows and libs
 * @throws FlowError `import-override` for an override that names none of them
 */
export function overrideLookup(
  overrides: ImportOverrides,
  roots: ReadonlySet<string>,
): (parts: readonly string[]) => string | false | undefined {
  assertKnown(overrides, roots);
  const overridden = new Map(Object.entries(overrides));
  return (parts) => {
    if (overridden.size === 0) return undefined;
    for (let length = parts.length; length > 0; length--) {
      const override = overridden.get(parts.slice(0, length).join('.'));
      if (override !== undefined) return override;
    }
    return undefined;
  };
}

function assertKnown(overrides: ImportOverrides, roots: ReadonlySet<string>): void {
  for (const [name, root] of Object.entries(overrides)) {
    if (root === false || roots.has(root)) continue;
    throw new FlowError({
      code: 'import-override',
      file: 'nx.json',
      what: `The option imports says that ${name} comes from ${root}, which is neither a flow's nor a lib's folder.`,
      next: 'Name the folder as it is below the workspace root, or remove the line.',
    });
  }
}
