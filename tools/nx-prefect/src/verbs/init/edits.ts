import { applyEdits, modify, parse } from 'jsonc-parser';
import { isObject } from '../../core/is-object';

/** What `init` writes, as texts. No file is read or written here. */

export type Json = Record<string, unknown>;

const PLUGIN = 'nx-prefect';

/** Options of the plugin that a text of nx.json has; empty where there are none. */
export function pluginOptionsIn(nxJson: string | undefined): Json {
  const entry = entriesOf(nxJson).find((each) => pluginOf(each) === PLUGIN);
  return isObject(entry) && isObject(entry['options']) ? entry['options'] : {};
}

/**
 * nx.json with the plugin and its options; the same text where it has them. What else stands in it stays as it is,
 * comments and spaces too.
 */
export function withPlugin(nxJson: string | undefined, options: Json, defaultBase: string): string {
  const whole = Object.keys(options).length === 0 ? PLUGIN : { plugin: PLUGIN, options };
  if (nxJson === undefined) {
    // The first two keep Nx from asking about services that are not needed here.
    const settings = { analytics: false, neverConnectToCloud: true, defaultBase, plugins: [whole] };
    return `${JSON.stringify({ $schema: './node_modules/nx/schemas/nx-schema.json', ...settings }, null, 2)}\n`;
  }
  const entries = entriesOf(nxJson);
  const at = entries.findIndex((each) => pluginOf(each) === PLUGIN);
  if (at < 0) return set(nxJson, ['plugins', entries.length], whole);
  if (typeof entries[at] === 'string') return whole === PLUGIN ? nxJson : set(nxJson, ['plugins', at], whole);
  const known = pluginOptionsIn(nxJson);
  return leaves(options)
    .filter(([path, value]) => JSON.stringify(valueAt(known, path)) !== JSON.stringify(value))
    .reduce((text, [path, value]) => set(text, ['plugins', at, 'options', ...path], value), nxJson);
}

/** .gitignore with more lines at its end; the same text where there are none to add. */
export function withLines(gitignore: string | undefined, lines: readonly string[]): string {
  if (lines.length === 0) return gitignore ?? '';
  const before =
    gitignore === undefined || gitignore === '' || gitignore.endsWith('\n') ? (gitignore ?? '') : `${gitignore}\n`;
  const newline = before.includes('\r\n') ? '\r\n' : '\n';
  return `${before}${lines.join(newline)}${newline}`;
}

/** A package.json for a repository that has none. @param versions of packages, by name */
export function newPackageJson(name: string, versions: Record<string, string>): string {
  return `${JSON.stringify({ name, private: true, devDependencies: versions }, null, 2)}\n`;
}

/** A name as npm takes it, from a folder's. */
export function packageName(folder: string): string {
  return (
    folder
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replace(/^[._-]+/, '') || 'flows'
  );
}

function entriesOf(nxJson: string | undefined): unknown[] {
  const content: unknown = nxJson === undefined ? {} : parse(nxJson);
  const plugins = isObject(content) ? content['plugins'] : undefined;
  return Array.isArray(plugins) ? plugins : [];
}

function pluginOf(entry: unknown): unknown {
  return isObject(entry) ? entry['plugin'] : entry;
}

function set(text: string, path: (string | number)[], value: unknown): string {
  const formattingOptions = {
    insertSpaces: !/^\t/m.test(text),
    tabSize: /^( +)\S/m.exec(text)?.[1]?.length ?? 2,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return applyEdits(text, modify(text, path, value, { formattingOptions }));
}

/** `{register: {workPool: 'a'}, flows: ['b']}` as paths with their values. */
function leaves(options: Json): [path: string[], value: unknown][] {
  return Object.entries(options).flatMap(([name, value]): [string[], unknown][] =>
    isObject(value) ? Object.entries(value).map(([key, each]) => [[name, key], each]) : [[[name], value]],
  );
}

function valueAt(options: Json, path: readonly string[]): unknown {
  return path.reduce<unknown>((so, key) => (isObject(so) ? so[key] : undefined), options);
}
