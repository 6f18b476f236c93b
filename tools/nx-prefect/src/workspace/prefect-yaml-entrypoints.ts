import { posix } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** What a `prefect.yaml` names as the code of one deployment. */
interface NamedEntrypoint {
  /** The deployment's name, '' where it has none. */
  deployment: string;
  /** As it is written: `flows/etl.py:main`, `my_pkg.flows.daily:main`. */
  entrypoint: string;
}

/** The entrypoints of a file, or why it can't be read. The rest of it is read by Prefect, when a flow is built. */
export type NamedEntrypoints = { named: NamedEntrypoint[] } | { reason: string };

/** Raise it when an answer changes: kept ones of unchanged files are then read again. */
export const ENTRYPOINTS_VERSION = 2;

export function namedEntrypoints(text: string): NamedEntrypoints {
  try {
    const yaml = parsePrefectYaml(text);
    const [error] = yaml.document.errors;
    if (error) return { reason: error.message.split('\n')[0]!.replace(/:$/, '') };
    const named = deploymentsOf(yaml)?.items.flatMap((entry) => {
      const entrypoint = textOf(yaml, entry, 'entrypoint');
      return entrypoint ? [{ deployment: textOf(yaml, entry, 'name') ?? '', entrypoint }] : [];
    });
    return { named: named ?? [] };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Where each value stands, for what Node looks up. PyYAML says what the values are. */
export interface ParsedYaml {
  document: Document.Parsed;
  /** What each alias names. */
  targets: ReadonlyMap<unknown, Node>;
}

export function parsePrefectYaml(text: string): ParsedYaml {
  const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent', keepSourceTokens: true });
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  visit(document, {
    Node(_, node) {
      const named = isAlias(node) ? anchors.get(node.source) : undefined;
      if (named) targets.set(node, named);
      else if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return { document, targets };
}

/** As PyYAML, the last of several keys. */
export function deploymentsOf({ document: { contents }, targets }: ParsedYaml): YAMLSeq | undefined {
  const list = resolved(isMap(contents) ? pairOf(contents, 'deployments')?.value : undefined, targets);
  return isSeq(list) ? list : undefined;
}

/** Text under a key of an entry. No values are made: a file may have more aliases than a copy of each could hold. */
export function textOf({ targets }: ParsedYaml, entry: unknown, key: string): string | undefined {
  const seen = new Set<unknown>();
  const find = (node: unknown): string | undefined => {
    const map = resolved(node, targets);
    if (!isMap(map) || seen.has(map)) return undefined;
    seen.add(map);
    const own = pairOf(map, key);
    if (own) {
      const value = resolved(own.value, targets);
      return isScalar(value) && typeof value.value === 'string' ? value.value : undefined;
    }
    const merged = resolved(pairOf(map, '<<')?.value, targets);
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const found = find(each);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return find(entry);
}

function pairOf({ items }: YAMLMap, key: string): YAMLMap['items'][number] | undefined {
  return items.findLast((pair) => isScalar(pair.key) && (pair.key.value === key || pair.key.source === key));
}

function resolved(node: unknown, targets: ParsedYaml['targets']): unknown {
  return isAlias(node) ? targets.get(node) : node;
}

/**
 * Where the file of an entrypoint may lie: below the folder of the `prefect.yaml`, below the workspace root, or, for a
 * module, below a source root.
 *
 * @param file workspace path of the `prefect.yaml`
 */
export function entrypointFiles(entrypoint: string, file: string, sourceRoots: readonly string[]): string[] {
  const path = fileOf(entrypoint);
  const folders = [posix.dirname(file), '.', ...(entrypoint.includes('.py') ? [] : sourceRoots)];
  return [...new Set(folders.map((folder) => posix.join(folder, path)))];
}

/** `pkg/flow.py:main`, `pkg.flow:main`, `pkg.flow.main`: as Prefect's `import_object` does. */
function fileOf(entrypoint: string): string {
  if (entrypoint.endsWith('.py')) return entrypoint;
  const separator = entrypoint.includes(':') ? ':' : '.';
  const module = entrypoint.slice(0, entrypoint.lastIndexOf(separator));
  return module.endsWith('.py') ? module : `${module.replaceAll('.', '/')}.py`;
}
