/**
 * The rules of an ignore file, as engines read them. They don't agree: docker before 23, podman and buildah make one
 * regular expression of each rule, later ones compare what is plain. So a path counts as left out only where all of
 * them leave it out: what is counted too much costs a build, what is counted too little an old image in production.
 */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  /** @param patterns in order, cleaned */
  constructor(patterns: readonly string[]) {
    this.#rules = patterns.map((pattern) => {
      const isException = pattern.startsWith('!');
      const path = isException ? pattern.slice(1) : pattern;
      return { path, isException, depth: path.split('/').length, meanings: meaningsOf(path) };
    });
  }

  /**
   * Whether every engine leaves a path out.
   *
   * @param isStrict below a folder that old engines enter for an exception, they compare a rule with the path itself
   * and with that one of its folders that lies as deep as the rule
   */
  hides(path: string, isStrict = false): boolean {
    const segments = path.split('/');
    const folders = segments.slice(1).map((_, at) => segments.slice(0, at + 1).join('/'));
    let isHidden = false;
    for (const { isException, depth, meanings } of this.#rules) {
      if (isException === !isHidden) continue;
      const paths = [path, ...(isStrict && !isException ? folders.slice(depth - 1, depth) : folders)];
      const matches = (meaning: RegExp) => paths.some((each) => meaning.test(each));
      if (isException ? meanings.some(matches) : meanings.every(matches)) isHidden = !isException;
    }
    return isHidden;
  }

  /** Whether an exception may bring something back from a folder that is left out: else it need not be walked. */
  mayReach(folder: string): boolean {
    return this.#rules.some(({ isException, path }) => isException && reaches(path, folder));
  }

  /** Whether an exception names the folder, or what lies in it, in so many letters. */
  names(folder: string): boolean {
    return this.#rules.some(({ isException, path }) => isException && `${path}/`.startsWith(`${folder}/`));
  }
}

interface Rule {
  path: string;
  isException: boolean;
  /** Segments of the path. */
  depth: number;
  /** One for each way in which it is read. */
  meanings: readonly RegExp[];
}

/** What is read in ways that are not worth following: it may match everything, and nothing. */
const UNKNOWN = [/^/, /(?!)/];
const TOKEN = /\*\*\/?|\\.?|\[\^?[^\]]*\]?|\{\d+(?:,\d*)?\}|./gsu;
const LINE = '[^\\n]*';

/** In the words of moby's pattern matcher: what docker made of a rule before version 23, and since. */
function meaningsOf(path: string): readonly RegExp[] {
  let old = '';
  let since = '';
  for (const { 0: token, index } of path.matchAll(TOKEN)) {
    const word = wordOf(token, { isFirst: index === 0, isLast: index + token.length === path.length });
    if (word === undefined) return UNKNOWN;
    old += word[0];
    since += word[1];
  }
  return [...compiled(old), ...compiled(since)];
}

/** One word of a rule as a regular expression, old and since; undefined where that is another one in Go. */
function wordOf(
  token: string,
  { isFirst, isLast }: Record<'isFirst' | 'isLast', boolean>,
): [string, string] | undefined {
  const letters = token.startsWith('\\') ? token.slice(1) : token;
  const plain = Array.from(letters, (letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`).join('');
  if (token.startsWith('**')) {
    if (isLast) return [LINE, '[^]*'];
    const folders = `(?:${LINE}/)?`;
    return [folders, isFirst && token === '**' ? '[^]*' : folders];
  }
  if (token === '*') return ['[^/]*', '[^/]*'];
  if (token === '?') return ['[^/]', '[^/]'];
  if (token.startsWith('\\')) return /^\\[!-/:-@[-`{-~]$/.test(token) ? [plain, plain] : undefined;
  if (token.startsWith('[')) return /^\[\^?[^[\]\\^]+\]$/.test(token) ? [token, token] : undefined;
  if (token === '^' || token === '\uFFFD') return undefined;
  if (token === '(') return ['(?:', plain];
  if (/^(?:[+)|]|\{\d.*)$/.test(token)) return [token, plain];
  return [plain, plain];
}

/** None for what Go refuses too: there the engine fails, and builds nothing. */
function compiled(source: string): RegExp[] {
  try {
    return [new RegExp(`(?:^)${source}$`, 'u')];
  } catch {
    return [];
  }
}

function reaches(pattern: string, folder: string): boolean {
  if (/[|(){}+^]/.test(pattern)) return true;
  const wanted = pattern.split('/');
  for (const [at, segment] of folder.split('/').entries()) {
    const word = wanted[at];
    if (word === undefined || word.includes('**')) return true;
    if (!/[*?[\\]/.test(word) && word !== segment) return false;
  }
  return true;
}
