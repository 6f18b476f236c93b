/** What a byte can start. */
const OTHER = 0;
const WORD = 1;
const DIGIT = 2;
const QUOTE = 3;
const OPEN = 4;
const CLOSE = 5;
const COLON = 6;
const NEWLINE = 7;

const TAB = 0x09;
const LF = 0x0a;
const FF = 0x0c;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const COLON_BYTE = 0x3a;
const BACKSLASH = 0x5c;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const DASH = 0x2d;
const UPPER_N = 0x4e;
const TEMPLATE_PREFIX = /^(?:[ft]r?|r[ft])$/;

const CLASS = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  CLASS[byte] =
    byte >= 0x80 || /[A-Za-z_]/.test(char)
      ? WORD
      : /[0-9]/.test(char)
        ? DIGIT
        : /["']/.test(char)
          ? QUOTE
          : /[([{]/.test(char)
            ? OPEN
            : /[)\]}]/.test(char)
              ? CLOSE
              : byte === COLON_BYTE
                ? COLON
                : byte === LF || byte === CR
                  ? NEWLINE
                  : OTHER;
}

/** Of `PythonLexer.block`: the walk stands in none that is of interest. */
export const NO_BLOCK = -1;

/** The field of a template is past its colon: in the format spec, which is text again. */
const IN_SPEC = -1;

/** An f-string or t-string that the scanner stands in (PEP 701: they nest, and hold whole expressions). */
interface Template {
  quote: number;
  triple: boolean;
  raw: boolean;
  /**
   * The open replacement fields, outermost first (a format spec may hold fields): open brackets in its expression, or
   * IN_SPEC.
   */
  fields: number[];
}

/**
 * Walks the bytes of a Python file: strings, f-strings, comments and blanks, as CPython's tokenizer delimits them, and
 * nothing more. A scanner on top of it looks at the words that stand in none of these.
 */
export abstract class PythonLexer {
  protected position = 0;
  /** Open brackets outside of templates: a newline in them ends no statement. */
  protected brackets = 0;
  /** Column of the line whose block the walk stands in. It ends at the first line that is no deeper. */
  protected block = NO_BLOCK;
  private readonly templates: Template[] = [];
  private line = 1;
  private lineCountedTo = 0;

  constructor(protected readonly bytes: Buffer) {}

  /** A word outside of strings and comments; `position` is behind it. String prefixes are no words. */
  protected abstract word(start: number, end: number): void;

  /** Up to the byte at `last`. */
  protected walk(last: number): void {
    const { bytes } = this;
    while (this.position <= last) {
      const byte = bytes[this.position]!;
      switch (CLASS[byte]) {
        case WORD:
          this.wordOrPrefix();
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
          else this.brackets++;
          break;
        case CLOSE:
          this.position++;
          if (this.templates.length > 0) this.nest(-1);
          else if (this.brackets > 0) this.brackets--;
          break;
        case COLON:
          this.position++;
          if (this.templates.length > 0) this.colon();
          break;
        case NEWLINE:
          this.position++;
          if (this.block !== NO_BLOCK && this.brackets === 0 && this.templates.length === 0) this.leaveBlock();
          break;
        default:
          this.position =
            byte === HASH
              ? this.lineEnd(this.position)
              : byte === BACKSLASH
                ? this.continuedAt(this.position)
                : this.position + 1;
      }
    }
  }

  /** Behind a newline: blank lines and comments are no statement's. */
  private leaveBlock(): void {
    const start = this.position;
    this.position = this.blankEnd(start);
    const byte = this.bytes[this.position];
    if (byte === undefined || byte === HASH || CLASS[byte] === NEWLINE) return;
    if (this.columnOf(start, this.position) <= this.block) this.block = NO_BLOCK;
  }

  /** Column of a word that its line begins with, as Python counts it; undefined where something else is before it. */
  protected columnOfFirst(start: number): number | undefined {
    const { bytes } = this;
    let from = start;
    while (from > 0 && isBlank(bytes[from - 1]!)) from--;
    return from === 0 || CLASS[bytes[from - 1]!] === NEWLINE ? this.columnOf(from, start) : undefined;
  }

  private columnOf(from: number, to: number): number {
    const { bytes } = this;
    let column = 0;
    for (let at = from; at < to; at++)
      column = bytes[at] === TAB ? (column | 7) + 1 : bytes[at] === FF ? 0 : column + 1;
    return column;
  }

  private blankEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < bytes.length && isBlank(bytes[at]!)) at++;
    return at;
  }

  private wordOrPrefix(): void {
    const { bytes, position } = this;
    const end = this.wordEnd(position);
    this.position = end;
    if (end - position > 2) this.word(position, end);
    else if (CLASS[bytes[end]!] === QUOTE) this.string(bytes.toString('latin1', position, end).toLowerCase());
  }

  /** After a statement that no expression can hold: a template that is still open was never closed. */
  protected leaveTemplates(): void {
    this.templates.length = 0;
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

  protected plainText(quote: number, triple: boolean): void {
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

  /**
   * In a template's text, or the text of its innermost field's format spec: on to the next field, or past the template.
   */
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

  /**
   * After a colon in a field's expression: outside of brackets it starts the format spec, also in `x:=1` and `lambda:
   * x`.
   */
  private colon(): void {
    const { fields } = this.templates.at(-1)!;
    if (fields.at(-1) !== 0) return;
    fields[fields.length - 1] = IN_SPEC;
    this.templateText();
  }

  protected skip(byte: number, inBrackets: boolean): boolean {
    const at = this.blank(this.position, inBrackets);
    if (this.bytes[at] !== byte) return false;
    this.position = at + 1;
    return true;
  }

  /** Past white space and continued lines; in brackets past newlines and comments too. */
  protected blank(from: number, inBrackets: boolean): number {
    const { bytes } = this;
    for (let at = from; ; at++) {
      const byte = bytes[at];
      if (byte === SPACE || byte === TAB || byte === FF) continue;
      if (byte === BACKSLASH && (bytes[at + 1] === LF || bytes[at + 1] === CR)) at = this.escapeEnd(at);
      else if (inBrackets && byte === HASH) at = this.lineEnd(at) - 1;
      else if (!inBrackets || (byte !== LF && byte !== CR)) return at;
    }
  }

  protected is(word: Buffer, at: number): boolean {
    const { bytes } = this;
    for (let index = 0; index < word.length; index++) if (bytes[at + index] !== word[index]) return false;
    return true;
  }

  protected isQuote(at: number): boolean {
    return CLASS[this.bytes[at]!] === QUOTE;
  }

  protected isWord(at: number): boolean {
    return CLASS[this.bytes[at]!] === WORD;
  }

  protected isTriple(at: number): boolean {
    const { bytes } = this;
    return bytes[at + 1] === bytes[at] && bytes[at + 2] === bytes[at];
  }

  protected wordEnd(from: number): number {
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

  /** Behind a backslash, and behind the newline that it takes away. */
  private continuedAt(at: number): number {
    return CLASS[this.bytes[at + 1]!] === NEWLINE ? this.escapeEnd(at) + 1 : at + 1;
  }

  /** The last byte of what a backslash takes with it; CR LF is one newline. */
  private escapeEnd(at: number): number {
    return this.bytes[at + 1] === CR && this.bytes[at + 2] === LF ? at + 2 : at + 1;
  }

  /**
   * As CPython's tokenizer: a backslash takes no brace with it, and `\N{...}` is no field unless the template is raw.
   */
  private templateEscapeEnd(at: number, raw: boolean): number {
    const { bytes } = this;
    const next = bytes[at + 1];
    if (next === BRACE || next === BRACE_END) return at;
    if (raw || next !== UPPER_N || bytes[at + 2] !== BRACE) return this.escapeEnd(at);
    let end = at + 3;
    while (CLASS[bytes[end]!] === WORD || CLASS[bytes[end]!] === DIGIT || bytes[end] === SPACE || bytes[end] === DASH)
      end++;
    return bytes[end] === BRACE_END ? end : at + 2;
  }

  /** Positions come in ascending order. */
  protected lineOf(position: number): number {
    const { bytes } = this;
    for (let at = this.lineCountedTo; at < position; at++) {
      if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] !== LF)) this.line++;
    }
    this.lineCountedTo = position;
    return this.line;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === FF;
}
