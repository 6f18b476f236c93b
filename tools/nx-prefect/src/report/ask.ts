import { createInterface } from 'node:readline/promises';

/** Asks on the terminal. An empty answer is the suggestion, or undefined without one. */
export type Ask = (question: string, suggestion?: string) => Promise<string | undefined>;

/** Undefined where nobody answers: no terminal, or CI. */
export function asker(): Ask | undefined {
  if (!process.stdin.isTTY || process.env['CI']) return undefined;
  return async (question, suggestion) => {
    const answer = await answerTo(`${question}${suggestion === undefined ? '' : ` [${suggestion}]`}`);
    return answer === '' ? suggestion : answer;
  };
}

/** What somebody types on the terminal. */
export async function answerTo(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(`${question} `);
  lines.close();
  return answer.trim();
}
