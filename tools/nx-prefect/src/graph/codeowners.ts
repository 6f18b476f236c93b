/** Where GitHub and GitLab look for the file; the first that is there counts. */
export const CODEOWNERS_FILES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'];

/** `@user`, `@org/team`, `@@role` of GitLab, or an e-mail address. */
export const OWNER = /^(?:@@?[\w.-]+(?:\/[\w.-]+)*|[^\s@]+@[^\s@]+)$/;

/**
 * The owners of a file, given its path relative to the workspace root; none where nothing matches, or a line that names
 * none.
 */
export type OwnersOf = (file: string) => readonly string[];

interface Rule {
  pattern: string;
  owners: readonly string[];
}

/**
 * GitHub's rules: of the lines that match, the last one counts, and a line that is wrong is skipped. GitLab's sections
 * besides: each for itself, and their owners together.
 */
export function parseCodeowners(text: string): OwnersOf {
  const sections = readSections(text).map(ownersOfSection);
  if (sections.length === 1) return sections[0]!;
  return (file) => [...new Set(sections.flatMap((ownersOf) => ownersOf(file)))];
}

function readSections(text: string): Rule[][] {
  const sections = new Map<string, Rule[]>([['', []]]);
  let [rules, defaults] = [sections.get('')!, [] as readonly string[]];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/(?:^|\s)#.*/, '').trim();
    const [, section, rest = ''] = /^\^?\[([^\]]+)\](?:\[\d+\])?(.*)$/.exec(line) ?? [];
    const [pattern = '', ...owners] =
      section === undefined ? line.split(/(?<!\\)\s+/) : ['', ...rest.split(/\s+/).filter(Boolean)];
    if (!owners.every((owner) => OWNER.test(owner))) continue;
    if (section !== undefined) {
      const name = section.toLowerCase();
      sections.set(name, (rules = sections.get(name) ?? []));
      defaults = owners;
    } else if (/^(?!!)(?:\\ |[^\\[\]])+$/.test(pattern)) {
      rules.push({ pattern: pattern.replaceAll('\\ ', ' '), owners: owners.length > 0 ? owners : defaults });
    }
  }
  return [...sections.values()];
}

/**
 * Ten thousand flows in a file of a thousand lines: most lines name a folder from the root, and are found by name; only
 * those with wildcards, or for any depth, are tried one by one.
 */
function ownersOfSection(rules: readonly Rule[]): OwnersOf {
  const folders = new Map<string, number>();
  const files = new Map<string, number>();
  const patterns: [at: number, matches: RegExp][] = [];
  for (const [at, { pattern }] of rules.entries()) {
    if (/[*?]/.test(pattern) || !fromRoot(pattern)) {
      patterns.unshift([at, codeownersPattern(pattern)]);
      continue;
    }
    const path = pattern.replace(/^\/|\/$/g, '');
    folders.set(path, at);
    if (!pattern.endsWith('/')) files.set(path, at);
  }
  return (file) => {
    let last = files.get(file) ?? -1;
    for (let end = file.indexOf('/'); end >= 0; end = file.indexOf('/', end + 1))
      last = Math.max(last, folders.get(file.slice(0, end)) ?? -1);
    const later = patterns.find(([at, matches]) => at < last || matches.test(file));
    return rules[Math.max(last, later?.[0] ?? -1)]?.owners ?? [];
  };
}

/**
 * As in a .gitignore at the root, but `docs/*` reaches no deeper than `docs/`. Not globPattern: here braces are just
 * characters.
 */
export function codeownersPattern(pattern: string): RegExp {
  // Beside other characters ** is just a *.
  const plain = pattern.replace(/^\/|\/$/g, '').replace(/(?<=[^/*])\*{2,}|\*{2,}(?=[^/*])/g, '*');
  const source = (plain.match(/\*\*\/|\*\*|./gs) ?? []).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.+';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : part.replace(/[\\^$.+()[\]{}|]/, '\\$&');
  });
  const end = pattern.endsWith('/') ? '/' : pattern.endsWith('/*') ? '$' : '(?:/|$)';
  return new RegExp(`${fromRoot(pattern) ? '^' : '(?:^|/)'}${source.join('')}${end}`, 's');
}

function fromRoot(pattern: string): boolean {
  return pattern.slice(0, -1).includes('/');
}
