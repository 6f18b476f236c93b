import { FlowError } from './errors';

/** How long one request to a server may take; both have a variable, since networks differ. */
export interface Limits {
  /** Nothing arrives for so long: the try has failed. */
  silenceMs: number;
  /** A request waits so long in all between its tries. */
  patienceMs: number;
}

/**
 * `NX_PREFECT_SILENCE` and `NX_PREFECT_PATIENCE`, in seconds; 90 and 60 unless set. Prefect's own server waits 60 s for
 * its SQLite before it answers 503, which is tried again.
 * @throws FlowError `bad-variable`
 */
export function limitsFrom(env: NodeJS.ProcessEnv): Limits {
  const read = (name: string, usual: number) => {
    const text = env[name];
    const seconds = Number(text || usual);
    if (seconds > 0 && seconds <= 3600) return seconds * 1000;
    throw new FlowError({
      code: 'bad-variable',
      what: `The variable ${name} is "${text}".`,
      next: 'Set it to a number of seconds, from more than 0 to 3600, or unset it.',
    });
  };
  return { silenceMs: read('NX_PREFECT_SILENCE', 90), patienceMs: read('NX_PREFECT_PATIENCE', 60) };
}
