import { PythonLexer } from './python-lexer';
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
  /** A constant `import_module("x")` or `__import__("x")`. */
  dynamic?: boolean;
}

/** Raise it when the scanner's answers change: cached edges of unchanged files are then computed again. */
export const SCANNER_VERSION = 1;

const STAR = 0x2a;
const COMMA = 0x2c;
const DOT = 0x2e;
const PAREN = 0x28;
const PAREN_END = 0x29;
const RAW_OR_UNICODE = Buffer.from('rRuU');
const IMPORT = Buffer.from('import');
const FROM = Buffer.from('from');
const AS = Buffer.from('as');
const DUNDER_IMPORT = Buffer.from('__import__');
const IMPORT_MODULE = Buffer.from('import_module');
/** No module has such a name: where one stands, the statement before it is broken. */
const RESERVED = new Set(['import', 'from', 'as']);

/**
 * Every import of a Python file, in the file's order, without parsing it: `import` is a hard keyword, so knowing strings,
 * comments and line continuations is enough. Works on any bytes (Python 2, broken files), never throws, takes linear time.
 */
export function scanImports(source: Uint8Array): Import[] {
  const bytes = withoutEncoding(Buffer.from(source.buffer, source.byteOffset, source.byteLength));
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
    if (this.skip(STAR, false)) names.push('*');
    else this.names(names, this.skip(PAREN, false));
    this.statement({ module, level, names, line: this.lineOf(start) });
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
    this.imports.push(found);
    this.leaveTemplates();
  }

  /** `import_module("a.b", ...)` where the first argument is a whole constant. */
  private call(start: number): void {
    const resume = this.position;
    const text = this.skip(PAREN, false) ? this.constant() : '';
    const whole = text && (this.skip(PAREN_END, true) || this.skip(COMMA, true));
    this.position = resume;
    const [, dots = '', module = ''] = (whole && /^(\.*)([^.\s][^\s]*)?$/.exec(text)) || [];
    if (dots || module) this.imports.push({ module, level: dots.length, names: [], line: this.lineOf(start), dynamic: true });
  }

  /** The strings from here on, joined; '' where one has an escape or a prefix other than r and u. */
  private constant(): string {
    const { bytes } = this;
    let text = '';
    for (;;) {
      const start = this.blank(this.position, true);
      const prefixed = RAW_OR_UNICODE.includes(bytes[start] ?? 0) && this.isQuote(start + 1);
      const at = prefixed ? start + 1 : start;
      if (at >= bytes.length || !this.isQuote(at)) return text;
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
