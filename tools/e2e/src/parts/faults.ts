import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Interference, Proxy } from './proxy';

/** One way in which a server, or what stands before it, may fail a request. */
export interface Fault {
  name: string;
  /** Whether a try right after it is expected to go well: one of them fails no run. */
  passes: boolean;
  /** Undefined: the server itself answers, later. */
  act?(answer: ServerResponse, proxy: Proxy): void;
}

const SLOW_MS = 300;

const PAGE = '<!DOCTYPE html><html><body>Please log in.</body></html>';

/** @param type content type of the body */
function answers(
  name: string,
  status: number,
  body = '',
  { headers = {}, passes = false, type = 'application/json' } = {},
) {
  return {
    name,
    passes,
    act: (answer: ServerResponse) => void answer.writeHead(status, { 'content-type': type, ...headers }).end(body),
  };
}

/** Promises a body and hangs up in the middle of it. */
function cut(name: string, status: number, begin: string): Fault {
  const headers = { 'content-type': 'application/json', 'content-length': '1000' };
  return {
    name,
    passes: true,
    act: (answer) => answer.writeHead(status, headers).write(begin, () => void answer.socket?.destroy()),
  };
}

const detail = '{"detail":"planted"}';

export const FAULTS: readonly Fault[] = [
  { name: 'refused', passes: false, act: (_answer, proxy) => proxy.goAway() },
  { name: 'reset', passes: true, act: (answer) => void answer.socket?.resetAndDestroy() },
  { name: 'silent', passes: true, act: () => undefined },
  { name: 'slow', passes: true },
  answers('401', 401, detail),
  answers('403', 403, detail),
  answers('409', 409, detail),
  answers('422', 422, '{"detail":[{"loc":["body","name"],"msg":"planted","type":"value_error"}]}'),
  answers('429', 429, detail, { headers: { 'retry-after': '1' }, passes: true }),
  answers('500', 500, detail),
  answers('502', 502, PAGE, { passes: true, type: 'text/html' }),
  answers('503', 503, detail, { passes: true }),
  cut('503 then closed', 503, '{"det'),
  cut('cut body', 200, '[{"id":'),
  cut('cut 500', 500, '{"exception_'),
  answers('HTML', 200, PAGE, { type: 'text/html' }),
  answers('HTML 500', 500, PAGE, { type: 'text/html' }),
  answers('{}', 200, '{}'),
  answers('null', 200, 'null'),
  answers('[null]', 200, '[null]'),
  answers('"x"', 200, '"x"'),
  answers('[]', 200, '[]'),
  answers('half of JSON', 200, '[{"id": "a", "na'),
  answers('204', 204),
  answers('redirect', 302, '', { headers: { location: 'https://login.example.com/' } }),
];

/**
 * Plants a fault at a request, counted from 0.
 * @param lasts also at every request after it
 * @param isServed the server does what it is asked, and its answer is lost
 */
export interface Plan {
  fault: Fault;
  at: number;
  lasts: boolean;
  isServed: boolean;
}

/** @returns what a proxy asks at each request, for one run */
export function planted({ fault, at, lasts, isServed }: Plan): () => Promise<Interference | undefined> {
  let seen = 0;
  return async () => {
    const now = seen++;
    if (lasts ? now < at : now !== at) return undefined;
    if (fault.act) return { isServed, answer: fault.act };
    await sleep(SLOW_MS);
    return undefined;
  };
}

/** A failure is a line that says what, what next, and its code. */
export function objectionsTo(output: string, failed: boolean): string[] {
  const lines = output.split('\n').filter((line) => /\[[a-z0-9-]+\]$/.test(line));
  return [
    ...(/Unexpected error|^\s+at .*:\d+|\bundefined\b|\[object /m.test(output)
      ? ['it says what only we understand']
      : []),
    ...(failed && lines.length === 0 ? ['no line says why'] : []),
    ...lines.filter((line) => !/[.:)] [A-Z]/.test(line)).map((line) => `no next step: ${line}`),
  ];
}
