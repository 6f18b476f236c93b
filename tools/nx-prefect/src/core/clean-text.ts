/**
 * What a terminal would obey instead of show: C0 controls but newline and tab, DEL, C1 controls, marks that turn the
 * direction of a text, and separators of lines that only some programs see.
 */
// eslint-disable-next-line no-control-regex
const UNSAFE = /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A text from outside (a flow's name or output, an exception, a server's answer, a README) as a terminal may show it:
 * each character that would move, colour or hide something is written as `\u001b`. Newlines and tabs stay.
 */
export function cleanText(text: string): string {
  return text.replace(UNSAFE, escaped).replace(LONE_SURROGATE, escaped);
}

/** Whether a text holds a control character, a newline or a tab among them. */
export function hasControl(text: string): boolean {
  return CONTROL.test(text);
}

export function hasLoneSurrogate(text: string): boolean {
  return text.search(LONE_SURROGATE) >= 0;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
