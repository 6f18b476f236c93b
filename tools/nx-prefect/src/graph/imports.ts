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

const OTHER = 0;
const WORD = 1;
const DIGIT = 2;
const QUOTE = 3;
const OPEN = 4;
const CLOSE = 5;
const COLON = 6;

const TAB = 0x09;
const LF = 0x0a;
const FF = 0x0c;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const STAR = 0x2a;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON_BYTE = 0x3a;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const PAREN = 0x28;
const PAREN_END = 0x29;
const DASH = 0x2d;
const UPPER_N = 0x4e;
const RAW_OR_UNICODE = Buffer.from('rRuU');
const IMPORT = Buffer.from('import');
const FROM = Buffer.from('from');
const AS = Buffer.from('as');
const DUNDER_IMPORT = Buffer.from('__import__');
const IMPORT_MODULE = Buffer.from('import_module');
/** No module has such a name: where one stands, the statement before it is broken. */
const RESERVED = new Set(['import', 'from', 'as']);
const TEMPLATE_PREFIX = /^(?:[ft]r?|r[ft])$/;
const COOKIE = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
/** Where Python's name of an encoding is no label of the web's. */
const PYTHON_LABELS: Record<string, string> = { 'latin-1': 'latin1', 'iso-latin-1': 'latin1', cp932: 'shift_jis', 'euc-jis-2004': 'euc-jp' };

const CLASS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  CLASS[byte] =
    byte >= 0x80 || /[A-Za-z_]/.test(char) ? WORD
    : /[0-9]/.test(char) ? DIGIT
    : /["']/.test(char) ? QUOTE
    : /[([{]/.test(char) ? OPEN
    : /[)\]}]/.test(char) ? CLOSE
    : byte === COLON_BYTE ? COLON
    : OTHER;
}

/** The field of a template is past its colon: in the format spec, which is text again. */
const IN_SPEC = -1;

/** An f-string or t-string that the scanner stands in (PEP 701: they nest, and hold whole expressions). */
interface Template {
  quote: number;
  triple: boolean;
  raw: boolean;
  /** The open replacement fields, outermost first (a format spec may hold fields): open brackets in its expression, or IN_SPEC. */
  fields: number[];
}

/**
 * Every import of a Python file, in the file's order, without parsing it: `import` is a hard keyword, so knowing strings,
 * comments and line continuations is enough. Works on any bytes (Python 2, broken files), never throws, takes linear time.
 */
export function scanImports(source: Uint8Array): Import[] {
  const bytes = withoutEncoding(Buffer.from(source.buffer, source.byteOffset, source.byteLength));
  const last = bytes.lastIndexOf('import');
  return last < 0 ? [] : new Scanner(bytes, last).scan();
}

class Scanner {
  private readonly imports: Import[] = [];
  private readonly templates: Template[] = [];
  private position = 0;
  /** Where the last name that was read starts. */
  private nameStart = 0;
  private line = 1;
  private lineCountedTo = 0;

  constructor(
    private readonly bytes: Buffer,
    /** Nothing after the last occurrence of the word can be an import. */
    private readonly last: number,
  ) {}

  scan(): Import[] {
    const { bytes, last } = this;
    while (this.position <= last) {
      const byte = bytes[this.position]!;
      switch (CLASS[byte]) {
        case WORD:
          this.word();
          break;
        case DIGIT:
          this.position = this.wordEnd(this.position);
          break;
        case QUOTE:
          this.string('');
          break;
        case OPEN:
          this.position++;
          if (this.templates.length > 0) this.nest(1);
          break;
        case CLOSE:
          this.position++;
          if (this.templates.length > 0) this.nest(-1);
          break;
        case COLON:
          this.position++;
          if (this.templates.length > 0) this.colon();
          break;
        default:
          this.position = byte === HASH ? this.lineEnd(this.position) : this.position + 1;
      }
    }
    return this.imports;
  }

  private word(): void {
    const { bytes } = this;
    const start = this.position;
    const end = this.wordEnd(start);
    const length = end - start;
    this.position = end;
    if (length <= 2) {
      if (CLASS[bytes[end]!] === QUOTE) this.string(bytes.toString('latin1', start, end).toLowerCase());
    } else if (length === 6) {
      if (this.is(IMPORT, start)) this.importStatement(start);
    } else if (length === 4) {
      if (this.is(FROM, start)) this.fromStatement(start);
    } else if ((length === 10 && this.is(DUNDER_IMPORT, start)) || (length === 13 && this.is(IMPORT_MODULE, start))) {
      this.call(start);
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

  /** No expression holds an import, so a template that is still open was never closed: out of it. */
  private statement(found: Import): void {
    this.imports.push(found);
    this.templates.length = 0;
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
      const prefixed = RAW_OR_UNICODE.includes(bytes[start]!) && CLASS[bytes[start + 1]!] === QUOTE;
      const at = prefixed ? start + 1 : start;
      if (at >= bytes.length || CLASS[bytes[at]!] !== QUOTE) return text;
      const size = this.isTriple(at) ? 3 : 1;
      this.position = at + size;
      this.plainText(bytes[at]!, size === 3);
      const part = bytes.toString('utf8', at + size, this.position - size);
      if (part.includes('\\')) return '';
      text += part;
    }
  }

  /** At a quote: past a plain string, or into an f-string or t-string. */
  private string(prefix: string): void {
    const { bytes, position } = this;
    const quote = bytes[position]!;
    const triple = this.isTriple(position);
    this.position = position + (triple ? 3 : 1);
    if (TEMPLATE_PREFIX.test(prefix)) {
      this.templates.push({ quote, triple, raw: prefix.length === 2, fields: [] });
      this.templateText();
    } else {
      this.plainText(quote, triple);
    }
  }

  private plainText(quote: number, triple: boolean): void {
    const { bytes } = this;
    const { length } = bytes;
    let at = this.position;
    for (; at < length; at++) {
      const byte = bytes[at]!;
      if (byte === quote) {
        if (!triple || this.isTriple(at)) {
          at += triple ? 3 : 1;
          break;
        }
      } else if (byte === BACKSLASH) {
        at = this.escapeEnd(at);
      } else if (!triple && (byte === LF || byte === CR)) {
        break; // not closed on its line: the damage ends here
      }
    }
    this.position = Math.min(at, length);
  }

  /** In a template's text, or the text of its innermost field's format spec: on to the next field, or past the template. */
  private templateText(): void {
    const { bytes, templates } = this;
    const { quote, triple, raw, fields } = templates.at(-1)!;
    for (let at = this.position; at < bytes.length; at++) {
      const byte = bytes[at]!;
      const inSpec = fields.length > 0;
      if (byte === quote && (!triple || this.isTriple(at))) {
        templates.pop();
        this.position = at + (triple ? 3 : 1);
        return;
      }
      if (byte === BACKSLASH) {
        at = this.templateEscapeEnd(at, raw);
      } else if (byte === BRACE) {
        if (!inSpec && bytes[at + 1] === BRACE) {
          at++;
        } else {
          fields.push(0);
          this.position = at + 1;
          return;
        }
      } else if (byte === BRACE_END) {
        if (inSpec) fields.pop();
      } else if (!triple && (byte === LF || byte === CR)) {
        // As CPython does: a newline ends the format spec. In the text itself the template was not closed.
        if (inSpec) fields[fields.length - 1] = 0;
        else templates.pop();
        this.position = at;
        return;
      }
    }
    this.position = bytes.length;
  }

  /** After a bracket in a field's expression. */
  private nest(change: 1 | -1): void {
    const { fields } = this.templates.at(-1)!;
    const depth = fields.at(-1)! + change;
    if (depth >= 0) {
      fields[fields.length - 1] = depth;
    } else {
      fields.pop();
      this.templateText();
    }
  }

  /** After a colon in a field's expression: outside of brackets it starts the format spec, also in `x:=1` and `lambda: x`. */
  private colon(): void {
    const { fields } = this.templates.at(-1)!;
    if (fields.at(-1) !== 0) return;
    fields[fields.length - 1] = IN_SPEC;
    this.templateText();
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
    if (start >= bytes.length || CLASS[bytes[start]!] !== WORD) return '';
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

  private skip(byte: number, inBrackets: boolean): boolean {
    const at = this.blank(this.position, inBrackets);
    if (this.bytes[at] !== byte) return false;
    this.position = at + 1;
    return true;
  }

  /** Past white space and continued lines; in brackets past newlines and comments too. */
  private blank(from: number, inBrackets: boolean): number {
    const { bytes } = this;
    for (let at = from; ; at++) {
      const byte = bytes[at];
      if (byte === SPACE || byte === TAB || byte === FF) continue;
      if (byte === BACKSLASH && (bytes[at + 1] === LF || bytes[at + 1] === CR)) at = this.escapeEnd(at);
      else if (inBrackets && byte === HASH) at = this.lineEnd(at) - 1;
      else if (!inBrackets || (byte !== LF && byte !== CR)) return at;
    }
  }

  private is(word: Buffer, at: number): boolean {
    const { bytes } = this;
    for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
    return true;
  }

  private isTriple(at: number): boolean {
    const { bytes } = this;
    return bytes[at + 1] === bytes[at] && bytes[at + 2] === bytes[at];
  }

  private wordEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && (CLASS[bytes[at]!] === WORD || CLASS[bytes[at]!] === DIGIT)) at++;
    return at;
  }

  private lineEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
    return at;
  }

  /** The last byte of what a backslash takes with it; CR LF is one newline. */
  private escapeEnd(at: number): number {
    return this.bytes[at + 1] === CR && this.bytes[at + 2] === LF ? at + 2 : at + 1;
  }

  /** As CPython's tokenizer: a backslash takes no brace with it, and `\N{...}` is no field unless the template is raw. */
  private templateEscapeEnd(at: number, raw: boolean): number {
    const { bytes } = this;
    const next = bytes[at + 1];
    if (next === BRACE || next === BRACE_END) return at;
    if (raw || next !== UPPER_N || bytes[at + 2] !== BRACE) return this.escapeEnd(at);
    let end = at + 3;
    while (CLASS[bytes[end]!] === WORD || CLASS[bytes[end]!] === DIGIT || bytes[end] === SPACE || bytes[end] === DASH) end++;
    return bytes[end] === BRACE_END ? end : at + 2;
  }

  /** Positions come in ascending order. */
  private lineOf(position: number): number {
    const { bytes } = this;
    for (let at = this.lineCountedTo; at < position; at++) {
      if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) this.line++;
    }
    this.lineCountedTo = position;
    return this.line;
  }
}

/** UTF-8 without its mark, whatever PEP 263's encoding comment says; bytes that can't be told apart stay as they are. */
function withoutEncoding(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3);
  const [first = '', second = ''] = bytes.toString('latin1', 0, 400).split(/\r\n?|\n/, 2);
  const cookie = COOKIE.exec(first) ?? (/^[ \t\f]*(?:#|$)/.test(first) ? COOKIE.exec(second) : null);
  const label = cookie?.[1]?.toLowerCase().replaceAll('_', '-');
  if (!label || /^(?:utf-?8|ascii|us-ascii)/.test(label)) return bytes;
  try {
    return Buffer.from(new TextDecoder(PYTHON_LABELS[label] ?? label).decode(bytes));
  } catch {
    return bytes;
  }
}
