import { availableParallelism } from 'node:os';
import { type LoadOutcome, outcomeOf } from './load-outcome';
import type { LoadRequest } from './worker-protocol';
import { loadAgain } from './second-load';
import { realInterpreter } from './worker-environment';
import { type Isolation, START_LIMIT } from './worker-process';
import { Worker } from './worker-queue';

export type { LoadOutcome, LoadRefused } from './load-outcome';

export interface LoadOptions {
  /**
   * Makes what a request names, when it is known which Prefect the environment holds. What it throws is that flow's
   * outcome.
   */
  prepare?: ((request: LoadRequest, engine: string) => LoadRequest) | undefined;
  /** Seconds that one load of a flow may take; 120 unless told. */
  timeLimit?: number | undefined;
  /** A fork for each load on Linux, a process elsewhere, unless told. */
  isolation?: Isolation | undefined;
}

/** Flows of one pair of workers that are on their way: one in each, and one that waits. */
const AHEAD = 3;
/** Fewer flows are loaded before another pair of workers has started. */
const WORTH_A_PAIR = 100;

/**
 * Loads each flow twice with its own Python, in a process that loads nothing else, and gives one outcome for each
 * request, in their order. Whatever a flow does, it fails alone.
 *
 * Throws FlowError when nothing can be loaded at all: `prefect-not-found`, `prefect-unsupported`, `worker-start`.
 */
export async function* loadFlows(
  python: string,
  requests: readonly LoadRequest[],
  { timeLimit = 120, prepare = (request) => request, isolation = usualIsolation() }: LoadOptions = {},
): AsyncGenerator<LoadOutcome, void, undefined> {
  if (requests.length === 0) return;
  const options = { python: await realInterpreter(python, START_LIMIT), isolation, timeLimit };
  const pairs = Array.from({ length: pairsFor(requests.length) }, () => ({
    first: new Worker({ ...options, which: 'first' }),
    second: new Worker({ ...options, which: 'second' }),
    loading: 0,
  }));
  const start = async (request: LoadRequest): Promise<LoadOutcome> => {
    const pair = pairs.reduce((least, each) => (each.loading < least.loading ? each : least));
    pair.loading++;
    try {
      return await load(pair, request, { prepare, timeLimit });
    } finally {
      pair.loading--;
    }
  };
  try {
    // Both import Prefect at the same time.
    for (const { second } of pairs) second.started().catch(() => undefined);
    const waiting = [...requests];
    const loading: Promise<LoadOutcome>[] = [];
    while (waiting.length + loading.length > 0) {
      while (waiting.length > 0 && loading.length < AHEAD * pairs.length) {
        const outcome = start(waiting.shift()!);
        outcome.catch(() => undefined); // it is awaited below
        loading.push(outcome);
      }
      yield await loading.shift()!;
    }
  } finally {
    await Promise.all(pairs.flatMap(({ first, second }) => [first.stop(), second.stop()]));
  }
}

async function load(
  { first, second }: { first: Worker; second: Worker },
  request: LoadRequest,
  { prepare, timeLimit }: { prepare: NonNullable<LoadOptions['prepare']>; timeLimit: number },
): Promise<LoadOutcome> {
  const { engine } = await first.started();
  let prepared: LoadRequest;
  try {
    prepared = prepare(request, engine);
  } catch (error) {
    return { id: request.id, error: error as Error, output: '', fullTraceback: '' };
  }
  const outcome = outcomeOf(prepared, await first.load(prepared), timeLimit);
  if ('error' in outcome) return outcome;
  const { pickles = {} } = outcome.loaded;
  if (Object.keys(pickles).length > 0) {
    const verified = { ...prepared, pickles };
    const unusable = outcomeOf(verified, await first.load(verified), timeLimit);
    if ('error' in unusable) return unusable;
  }
  return loadAgain(second, prepared, outcome, timeLimit);
}

function usualIsolation(): Isolation {
  return process.platform === 'linux' && process.env['NX_PREFECT_ISOLATION'] !== 'process' ? 'fork' : 'process';
}

/** A pair keeps two processors busy. */
function pairsFor(flows: number): number {
  return Math.max(1, Math.min(Math.floor(availableParallelism() / 2), Math.floor(flows / WORTH_A_PAIR), 4));
}
