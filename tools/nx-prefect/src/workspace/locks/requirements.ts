import { posix } from 'node:path';
import { collectPackages, normalizeName, type LockedPackage, type LockedPackages } from './locked-package';

/** One requirement as it stands in a file, and the packages that a `# via` comment names as needing it. */
interface Requirement extends LockedPackage {
  via: string[] | undefined;
}

/**
 * Reads a `requirements.txt`. `include` gives the text of another workspace file for `-r` and `-c`, or undefined. A
 * line that isn't pinned counts by what it asks for; a local path is no package (what lies in the workspace counts by
 * its files). Which package needs which is known only from the comments that `uv pip compile` and `pip-compile` write,
 * where every package has one.
 */
export function parseRequirements(
  text: string,
  file: string,
  include: (path: string) => string | undefined = () => undefined,
): LockedPackages {
  const found: Requirement[] = [];
  collect(text, file, include, found, new Set([file]));
  const needed = new Map<string, string[]>();
  for (const { name, via = [] } of found) for (const by of via) needed.set(by, [...(needed.get(by) ?? []), name]);
  return {
    packages: collectPackages(found.map((each) => ({ ...each, dependencies: needed.get(each.name) ?? [] }))),
    knowsDependencies: found.length > 0 && found.every(({ via }) => via !== undefined),
  };
}

function collect(
  text: string,
  file: string,
  include: (path: string) => string | undefined,
  found: Requirement[],
  seen: Set<string>,
): void {
  for (const { line, comment } of logicalLines(text)) {
    const [, other] = /^(?:-[rc]|--(?:requirement|constraint)(?=[\s=]))[\s=]*(\S.*)$/.exec(line) ?? [];
    if (other === undefined) {
      const requirement = parseRequirement(line);
      if (requirement) found.push({ ...requirement, via: viaOf(comment) });
      continue;
    }
    const path = posix.join(posix.dirname(file), other.trim());
    const included = seen.has(path) ? undefined : include(path);
    if (included !== undefined) collect(included, path, include, found, seen.add(path));
  }
}

interface LogicalLine {
  line: string;
  /** The comments on the line and on the lines below it, joined by new lines. */
  comment: string;
}

/** Lines as pip joins them; a comment ends a continued line. */
function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let pending = '';
  const end = () => {
    const [, line = '', comment = ''] = /^(.*?)(?:(?:^|\s+)#(.*))?$/s.exec(pending.trim()) ?? [];
    if (line) lines.push({ line, comment });
    pending = '';
  };
  for (const physical of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const line = physical.trim();
    if (line.startsWith('#')) {
      end();
      const last = lines.at(-1);
      if (last) last.comment += `\n${line.slice(1)}`;
    } else if (line.endsWith('\\')) {
      pending += ` ${line.slice(0, -1)}`;
    } else {
      pending += ` ${line}`;
      end();
    }
  }
  end();
  return lines;
}

const HASH = /\s--hash[=\s]\s*(\S+)/g;
const NAMED = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(@|[=<>!~(;].*|$)(.*)$/s;
/** The name in `#egg=name`, or in a wheel's or archive's file name. */
const IN_URL = /[#&]egg=([\w.-]+)|\/([A-Za-z0-9][\w.]*(?:-[A-Za-z][\w.]*)*)-\d[^/]*\.(?:whl|zip|tar\.gz)(?=$|[#?])/;

function parseRequirement(line: string): LockedPackage | undefined {
  const hashes = [...line.matchAll(HASH)].map(([, hash]) => hash!);
  const [requirement = ''] = line.split(/\s+--?[A-Za-z]/, 1);
  const [, name, specifier = '', url = ''] = NAMED.exec(requirement) ?? [];
  if (name === undefined || specifier === '@') {
    const from = name === undefined ? line.replace(/^(?:-e|--editable)[\s=]*/, '') : url.trim();
    if (from.startsWith('-')) return undefined; // another option: --index-url
    const [, egg, archive] = IN_URL.exec(from) ?? [];
    const known = name ?? egg ?? archive;
    return known === undefined
      ? undefined
      : { name: normalizeName(known), version: '', hashes: [from, ...hashes], dependencies: [] };
  }
  const [versions = '', marker = ''] = specifier.split(/;(.*)/s);
  const [, pinned] = /^={2,3}\s*([^\s,*]+)$/.exec(versions.trim()) ?? [];
  // Another marker may install it elsewhere, or no longer here.
  return {
    name: normalizeName(name),
    version: pinned ?? versions.trim(),
    hashes: [...(marker.trim() ? [`; ${marker.trim()}`] : []), ...hashes],
    dependencies: [],
  };
}

/**
 * Packages of `# via a, b`, also one on each line; those in files (`-r requirements.in`, `team (pyproject.toml)`) are
 * none.
 */
function viaOf(comment: string): string[] | undefined {
  const [, list] = /(?:^|\n)\s*via\b(.*)$/s.exec(comment) ?? [];
  return list
    ?.split(/[,\n]/)
    .map((each) => each.trim().replace(/\[.*\]$/, ''))
    .filter((each) => /^[A-Za-z0-9][\w.-]*$/.test(each))
    .map(normalizeName);
}
