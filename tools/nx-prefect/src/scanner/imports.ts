import { NO_BLOCK, PythonLexer } from './python-lexer';
import { withoutEncoding } from './source-encoding';

/** One imported module, as CPython's `ast` sees it. */
export interface Import {
  /** Dotted; '' for `from . import x`. */
  module: string;
  /** Leading dots of a relative import; 0 is absolute. */
  level: number;
  /** What `from module import ...` names, `*` included, without the `as` names; [] for `import module`. */
  names: string[];
  /** 1-based, of the statement's (or call's) first character. */
  line: number;
  /** In the body of `if TYPE_CHECKING:`: it does not run. */
  typeChecking?: boolean;
}

/** Raise it when the scanner's answers change: cached edges of unchanged files are then computed again. */
export const SCANNER_VERSION = 4;

const SPACE = 0x20;
const STAR = 0x2a;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const EQUALS = 0x3d;
const PAREN = 0x28;
const PAREN_END = 0x29;
const RAW_OR_UNICODE = Buffer.from('rRuU');
const IMPORT = Buffer.from('import');
const FROM = Buffer.from('from');
const AS = Buffer.from('as');
const DUNDER_IMPORT = Buffer.from('__import__');
const IMPORT_MODULE = Buffer.from('import_module');
const PACKAGE = Buffer.from('package');
const NAME = Buffer.from('name');
const TYPE_CHECKING = Buffer.from('TYPE_CHECKING');
/** No module has such a name: where one stands, the statement before it is broken. */
const RESERVED = new Set(['import', 'from', 'as']);

/**
 * Every import of a Python file, in the file's order, without parsing it: `import` is a hard keyword, so knowing
 * strings, comments and line continuations is enough. Works on any bytes (Python 2, broken files), never throws, takes
 * linear time.
 */
export function scanImports(source: Uint8Array): Import[] {
  return scanUtf8(withoutEncoding(Buffer.from(source.buffer, source.byteOffset, source.byteLength)));
}

/** The same, of a text that is UTF-8 without a mark. */
export function scanUtf8(bytes: Buffer): Import[] {
  const last = bytes.lastIndexOf('import');
  // Nothing behind the last occurrence of the word can be an import.
  return last < 0 ? [] : new Scanner(bytes).scan(last);
}

class Scanner extends PythonLexer {
  private readonly imports: Import[] = [];
  /** Where the last name that was read starts. */
  private nameStart = 0;

  scan(last: number): Import[] {
    this.walk(last);
    return this.imports;
  }

  protected override word(start: number, end: number): void {
    switch (end - start) {
      case 4:
        if (this.is(FROM, start)) this.fromStatement(start);
        break;
      case 6:
        if (this.is(IMPORT, start)) this.importStatement(start);
        break;
      case 10:
        if (this.is(DUNDER_IMPORT, start)) this.call(start);
        break;
      case 13:
        if (this.is(IMPORT_MODULE, start)) this.call(start);
        else if (this.is(TYPE_CHECKING, start)) this.typeChecking(start);
    }
  }

  /** `import a as b, c.d` */
  private importStatement(start: number): void {
    do {
      const module = this.dottedName();
      if (!module) return;
      this.statement({ module, level: 0, names: [], line: this.lineOf(start) });
      this.alias(false);
    } while (this.skip(COMMA, false));
  }

  /** `from ..a.b import (c as d, e,)`; `raise X from y` and `yield from y` lack the `import`. */
  private fromStatement(start: number): void {
    let level = 0;
    while (this.skip(DOT, false)) level++;
    const module = this.dottedName();
    if ((!module && level === 0) || !this.keyword(IMPORT)) {
      // What looked like a name may be a string's prefix or a call: once more from there. A name is read twice at most.
      if (module) this.position = this.nameStart;
      return;
    }
    const names: string[] = [];
    const star = this.skip(STAR, false);
    const inBrackets = !star && this.skip(PAREN, false);
    if (star) names.push('*');
    else this.names(names, inBrackets);
    this.statement({ module, level, names, line: this.lineOf(start) });
    if (inBrackets) this.brackets = 1;
  }

  private names(names: string[], inBrackets: boolean): void {
    do {
      const name = this.name(inBrackets);
      if (!name) break;
      names.push(name);
      this.alias(inBrackets);
    } while (this.skip(COMMA, inBrackets));
  }

  private statement(found: Import): void {
    if (this.brackets > 0) this.block = NO_BLOCK; // never closed: where the block ends is not known any more
    this.brackets = 0;
    this.add(found);
    this.leaveTemplates();
  }

  private add(found: Import): void {
    this.imports.push(this.block === NO_BLOCK ? found : { ...found, typeChecking: true });
  }

  /** `if TYPE_CHECKING:`, `elif typing.TYPE_CHECKING:` */
  private typeChecking(start: number): void {
    if (!this.skip(COLON, false)) return;
    const { bytes } = this;
    let from = start;
    while (from > 0 && (this.isWord(from - 1) || bytes[from - 1] === DOT || bytes[from - 1] === SPACE)) from--;
    const [, before] = /^ *((?:el)?if +)(?:\w+\.)*$/.exec(bytes.toString('latin1', from, start)) ?? [];
    const column = before ? this.columnOfFirst(bytes.indexOf(before, from)) : undefined;
    // The block of the outermost one holds those of the others.
    if (column !== undefined && (this.block === NO_BLOCK || column < this.block)) this.block = column;
  }

  /**
   * `import_module("a.b")`, `import_module(".b", package="a")`, `import_module(name=("a.b"))`, where the arguments are
   * whole constants.
   */
  private call(start: number): void {
    const resume = this.position;
    const text = this.skip(PAREN, false) ? this.firstArgument() : '';
    const more = text !== '' && this.skip(COMMA, true);
    const whole = more || (text !== '' && this.skip(PAREN_END, true));
    const [, dots = '', module = ''] = (whole && /^(\.*)([^.\s][^\s]*)?$/.exec(text)) || [];
    const packageName = more && dots ? this.packageArgument() : '';
    this.position = resume;
    if (!dots && !module) return;
    const above = packageName.split('.').slice(0, 1 - dots.length || undefined);
    const found =
      packageName && above.length > 0
        ? { module: [...above, ...(module ? [module] : [])].join('.'), level: 0 }
        : { module, level: dots.length };
    this.add({ ...found, names: [], line: this.lineOf(start) });
  }

  /** The module's name: by its place, or first of the arguments by name. */
  private firstArgument(): string {
    this.toNext();
    if (this.keyword(NAME, true) && !this.skip(EQUALS, true)) return '';
    return this.inParentheses();
  }

  /** A constant, in parentheses or not; in more than a few of them nobody writes one. */
  private inParentheses(): string {
    let open = 0;
    this.toNext();
    while (open < 3 && this.skip(PAREN, true)) {
      open++;
      this.toNext();
    }
    const text = this.constant();
    for (; open > 0; open--) if (!this.skip(PAREN_END, true)) return '';
    return text;
  }

  private packageArgument(): string {
    if (this.keyword(PACKAGE, true) && !this.skip(EQUALS, true)) return '';
    const text = this.inParentheses();
    return text && (this.skip(PAREN_END, true) || this.skip(COMMA, true)) ? text : '';
  }

  /** Over blanks and comments inside of brackets: what looks ahead from there reads none of them again. */
  private toNext(): void {
    this.position = this.blank(this.position, true);
  }

  /** The strings from here on, joined; '' where one has an escape or a prefix other than r and u. */
  private constant(): string {
    const { bytes } = this;
    let text = '';
    for (;;) {
      const start = this.blank(this.position, true);
      const prefixed = RAW_OR_UNICODE.includes(bytes[start] ?? 0) && this.isQuote(start + 1);
      const at = prefixed ? start + 1 : start;
      if (at >= bytes.length || !this.isQuote(at)) {
        this.position = start;
        return text;
      }
      const size = this.isTriple(at) ? 3 : 1;
      this.position = at + size;
      this.plainText(bytes[at]!, size === 3);
      const part = bytes.toString('utf8', at + size, this.position - size);
      if (part.includes('\\')) return '';
      text += part;
    }
  }

  /** '' where no name stands; whole, or '' where a dot has no name after it. */
  private dottedName(): string {
    let name = this.name(false);
    if (!name) return '';
    while (this.skip(DOT, false)) {
      const part = this.name(false);
      if (!part) return '';
      name += `.${part}`;
    }
    return name;
  }

  private name(inBrackets: boolean): string {
    const { bytes } = this;
    const start = this.blank(this.position, inBrackets);
    if (start >= bytes.length || !this.isWord(start)) return '';
    const end = this.wordEnd(start);
    if (end - start <= 6 && RESERVED.has(bytes.toString('latin1', start, end))) return '';
    this.nameStart = start;
    this.position = end;
    for (let at = start; at < end; at++) {
      // Python compares names in this form (PEP 3131).
      if (bytes[at]! >= 0x80) return bytes.toString('utf8', start, end).normalize('NFKC');
    }
    return bytes.toString('latin1', start, end);
  }

  private alias(inBrackets: boolean): void {
    if (this.keyword(AS, inBrackets)) this.name(inBrackets);
  }

  private keyword(word: Buffer, inBrackets = false): boolean {
    const start = this.blank(this.position, inBrackets);
    if (!this.is(word, start) || this.wordEnd(start) !== start + word.length) return false;
    this.position = start + word.length;
    return true;
  }
}
