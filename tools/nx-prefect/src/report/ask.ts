import { createInterface } from 'node:readline/promises';

/** Asks on the terminal. An empty answer is the suggestion, or undefined without one. */
export type Ask = (question: string, suggestion?: string) => Promise<string | undefined>;

/** Undefined where nobody answers: no terminal, or CI. */
export function asker(): Ask | undefined {
  if (!process.stdin.isTTY || process.env['CI']) return undefined;
  return async (question, suggestion) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    const answer = (await lines.question(`${question}${suggestion === undefined ? '' : ` [${suggestion}]`} `)).trim();
    lines.close();
    return answer === '' ? suggestion : answer;
  };
}
