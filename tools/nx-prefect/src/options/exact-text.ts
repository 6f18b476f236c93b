import parse from 'yargs-parser';

/** Nx's own reading of the words behind its options (`createOverrides` in Nx 24), but for the numbers. */
const AS_NX = { 'camel-case-expansion': false, 'dot-notation': true };
const EXACT = { ...AS_NX, 'parse-numbers': false, 'parse-positional-numbers': false };

/** Values below these may be numbers: `--jobVariables.cpu=512`. But environment variables are text. */
const MAY_HOLD_NUMBERS = new Set(['jobVariables']);
const TEXT_ONLY = new Set(['env']);

/**
 * The options of a task with the exact text of what was typed. Nx reads each value as a number where it can: 1.10
 * becomes 1.1, 007 becomes 7 and nothing (`--name=$UNSET`) becomes 0. It hands the raw words on, so they are read
 * again.
 *
 * @param options as Nx combines them from nx.json, project.json and the command line
 * @param overrides what was typed, as a task has it
 */
export function exactOptions(options: unknown, overrides: unknown): Record<string, unknown> {
  const combined = { ...(options as Record<string, unknown> | undefined) };
  const words = (overrides as Record<string, unknown> | undefined)?.['__overrides_unparsed__'];
  if (!Array.isArray(words) || words.length === 0) return combined;
  const typed = new Map<string, unknown>();
  for (const [key, value] of Object.entries(parse(words.map(String), { configuration: EXACT }))) {
    if (key === '_' || key === '--') continue;
    const name = camelCase(key) in combined ? camelCase(key) : key;
    // `--workPool=a --work-pool=b` are one option, given twice.
    typed.set(name, typed.has(name) ? [typed.get(name), value].flat() : value);
  }
  for (const [name, value] of typed) combined[name] = MAY_HOLD_NUMBERS.has(name) ? withNumbers(value) : value;
  return combined;
}

/** The options of all tasks of a batch, by task id: see {@link exactOptions}. */
export function exactOptionsOf(
  tasks: readonly { id: string; overrides?: unknown }[],
  options: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(tasks.map(({ id, overrides }) => [id, exactOptions(options[id], overrides)]));
}

/** Numbers that lose nothing, outside of what is text only: 512 and 0.5, but not 1.10, 007 or 1e3. */
function withNumbers(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (TEXT_ONLY.has(name)) return [name, inner];
      const lossless = typeof inner === 'string' && inner !== '' && String(Number(inner)) === inner;
      return [name, lossless && Number.isFinite(Number(inner)) ? Number(inner) : withNumbers(inner)];
    }),
  );
}

/** As Nx: `work-pool` is `workPool`. */
export function camelCase(name: string): string {
  if (name.indexOf('-') <= 1) return name;
  return name.toLowerCase().replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
