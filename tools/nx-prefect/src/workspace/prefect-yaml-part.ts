import { basename, dirname } from 'node:path/posix';
import { isAlias, isNode, type Node, visit } from 'yaml';
import { canonicalJson, sha256 } from '../core/canonical';
import { flowFileOf, isFile } from './flow-places';
import { deploymentsOf, entrypointFiles, type ParsedYaml, parsePrefectYaml, textOf } from './prefect-yaml-entrypoints';

/** What of a `prefect.yaml` can concern a flow. */
export interface YamlPart {
  /** The file with the entries of other flows as comments: lines keep their numbers. Made when it is asked for. */
  readonly text: string;
  /** SHA-256 of the same without them. An edit of another flow's entry changes nothing here. */
  digest: string;
}

/**
 * The part of a `prefect.yaml` that a flow is built from: its own entries, what these name by alias, and everything
 * outside of `deployments` (steps, definitions). If it is unclear which flow an entry concerns, it concerns this flow.
 * A file beside the flow counts whole, and so does a file that can't be taken apart.
 *
 * @param file workspace path of the `prefect.yaml`
 * @param text with the line endings that ship
 * @param root of the flow's project
 * @returns undefined where nothing in the file concerns the flow
 */
export function partOf(file: string, text: string, root: string): YamlPart | undefined {
  if (!isFile(root) && file.startsWith(`${root}/`)) return whole(text);
  const taken = entriesOf(file, text);
  if (taken === undefined) return text.includes(basename(root, '.py')) ? whole(text) : undefined;
  const kept = new Set(questionsOf(root).flatMap((key) => taken.byKey.get(key) ?? []));
  if (kept.size === 0) return undefined;
  keepAnchors(taken, kept);
  return cut(text, taken.entries, kept);
}

/** Adds to the digests of a flow's files that of its part of each `prefect.yaml`, unless the file ships itself. */
export function addDeclared(
  sources: Record<string, string>,
  { prefectYaml, folder }: { prefectYaml: readonly string[]; folder: string },
  textOfFile: (file: string) => string,
): void {
  for (const file of prefectYaml) {
    const digest = sources[file] ?? partOf(file, textOfFile(file), folder)?.digest;
    if (digest !== undefined) sources[file] = digest;
  }
}

interface Entry {
  start: number;
  end: number;
  aliases: ReadonlySet<string>;
}

interface Taken {
  entries: Entry[];
  /** By what tells that a flow is meant, or may be: see {@link keysOf}. */
  byKey: ReadonlyMap<string, Entry[]>;
  byAnchor: ReadonlyMap<string, Entry[]>;
  /** Names of aliases outside of the entries. */
  needed: ReadonlySet<string>;
}

/** By file: thousands of flows share one. */
const known = new Map<string, { text: string; taken: Taken | undefined }>();

function entriesOf(file: string, text: string): Taken | undefined {
  const before = known.get(file);
  if (before?.text === text) return before.taken;
  const taken = takeApart(file, text);
  known.set(file, { text, taken });
  return taken;
}

/** Undefined for anything but one list in block style. */
function takeApart(file: string, text: string): Taken | undefined {
  const yaml = parsePrefectYaml(text);
  const { errors, contents } = yaml.document;
  const list = errors.length === 0 ? deploymentsOf(yaml) : undefined;
  if (list?.srcToken?.type !== 'block-seq') return undefined;
  const entries: Entry[] = [];
  const [byKey, byAnchor] = [new Map<string, Entry[]>(), new Map<string, Entry[]>()];
  for (const [at, item] of list.items.entries()) {
    const start = list.srcToken.items[at]?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
    const end = isNode(item) ? item.range?.[2] : undefined;
    if (start === undefined || end === undefined) return undefined;
    const { anchors, aliases } = namesIn(item as Node);
    const entry = { start, end, aliases };
    entries.push(entry);
    for (const key of keysOf(file, item as Node, yaml)) add(byKey, key, entry);
    for (const anchor of anchors) add(byAnchor, anchor, entry);
  }
  return { entries, byKey, byAnchor, needed: namesIn(contents as Node, list).aliases };
}

function add(entries: Map<string, Entry[]>, name: string, entry: Entry): void {
  const same = entries.get(name);
  if (same) same.push(entry);
  else entries.set(name, [entry]);
}

/**
 * Files and modules that an entrypoint may mean, and the folders of these files: what it names wrongly is said of the
 * flows there.
 */
function keysOf(file: string, item: Node, yaml: ParsedYaml): ReadonlySet<string> {
  const entrypoint = textOf(yaml, item, 'entrypoint');
  if (!entrypoint) return new Set();
  const files = entrypointFiles(entrypoint, file, []);
  const prefixes = entrypoint.split('.').map((_, count, words) => words.slice(0, count + 1).join('.'));
  return new Set([...files, ...files.map((each) => `${dirname(each)}/`), ...prefixes]);
}

/** What an entry of a flow has among its keys: its file, its module, what a source root leaves of its path. */
function questionsOf(root: string): string[] {
  const file = flowFileOf(root);
  const folders = file.split('/');
  const suffixes = folders.map((_, at) => folders.slice(at).join('/'));
  const module = file.slice(0, -'.py'.length).replaceAll('/', '.');
  return [...suffixes, module, ...(isFile(root) ? [] : [`${dirname(file)}/`])];
}

function namesIn(node: Node, except?: Node): Record<'anchors' | 'aliases', ReadonlySet<string>> {
  const anchors = new Set<string>();
  const aliases = new Set<string>();
  visit(node, {
    Node(_, each) {
      if (each === except) return visit.SKIP;
      if (isAlias(each)) aliases.add(each.source);
      else if (each.anchor !== undefined) anchors.add(each.anchor);
      return undefined;
    },
  });
  return { anchors, aliases };
}

/** An alias names the last anchor of its name above it, so all of that name stay. */
function keepAnchors({ byAnchor, needed }: Taken, kept: Set<Entry>): void {
  const open = [...needed, ...[...kept].flatMap(({ aliases }) => [...aliases])];
  const seen = new Set<string>();
  for (const name of open) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const entry of byAnchor.get(name) ?? [])
      if (!kept.has(entry)) {
        kept.add(entry);
        open.push(...entry.aliases);
      }
  }
}

function cut(text: string, entries: readonly Entry[], kept: ReadonlySet<Entry>): YamlPart {
  const end = entries.at(-1)!.end;
  const own = [...kept]
    .sort((one, other) => one.start - other.start)
    .map((entry) => text.slice(entry.start, entry.end));
  return {
    digest: sha256(canonicalJson([text.slice(0, entries[0]!.start), text.slice(end), ...own])),
    get text() {
      let shown = '';
      let from = 0;
      for (const entry of entries) {
        const itself = text.slice(entry.start, entry.end);
        shown += text.slice(from, entry.start) + (kept.has(entry) ? itself : itself.replace(/[^\n]+/g, '#'));
        from = entry.end;
      }
      return shown + text.slice(end);
    },
  };
}

function whole(text: string): YamlPart {
  return { text, digest: sha256(text) };
}
