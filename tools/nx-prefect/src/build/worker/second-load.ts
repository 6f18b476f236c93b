import { renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { markOf } from '../../engines/clock-values';
import { FlowError } from '../../core/errors';
import { type Path, differences, replaced, sameAt, shown, valueAt } from '../../core/json-differences';
import { type LoadOutcome, type LoadRefused, type LoadSucceeded, outcomeOf } from './load-outcome';
import type { Loaded } from '../../engines/loaded';
import type { LoadRequest, ShiftedClock } from './worker-protocol';
import type { Worker } from './worker-queue';

/** More than a year, and other months, weekdays, days, hours and five minutes: no rounding hides it. */
const AHEAD = ((400 * 24 + 3) * 60 + 7) * 60 + 11.123457;

/** Where a value may come from the clock: starts, anchors, parameters and defaults. A name, a slug or a tag may not. */
const MAY_BE_CLOCK = [
  /^deployments\[\d+\]\.(schedules\[\d+\]\.(schedule|parameters)|parameters)\b/,
  /^flows\[\d+\]\.parameterOpenapiSchema\.(.*\.)?default\b/,
  /^flows\[\d+\]\.serializedFlow\.(schedule\b|parameters\[\d+\]\.default\b)/,
];

/**
 * Loads a flow again where the machine is another one: addresses, hashes, clock, home, host name and the path of the
 * copy. What differs is the clock's, which is marked, or the machine's, which is refused.
 */
export async function loadAgain(
  worker: Worker,
  request: LoadRequest,
  first: LoadSucceeded,
  timeLimit: number,
): Promise<LoadOutcome> {
  const elsewhere = join(dirname(request.root), `again-${basename(request.root)}`);
  renameSync(request.root, elsewhere);
  const moved = { ...request, root: elsewhere };
  const load = async (clock: ShiftedClock) => outcomeOf(moved, await worker.load({ ...moved, clock }), timeLimit);
  try {
    const second = await load({ ahead: AHEAD, stopped: null });
    if ('error' in second) return failedAgain(first, second, request);
    const different = differences(declared(first.loaded), declared(second.loaded));
    if (different.length === 0) return first;
    const clock = await clockOf(different, load);
    return withClock(
      first,
      different,
      request,
      clock.map((path) => ({ path, other: valueAt(second.loaded, path) })),
    );
  } finally {
    renameSync(elsewhere, request.root);
  }
}

/**
 * Which of these values the clock gives: the same at one time, another at another time. Addresses and random numbers
 * are neither.
 */
async function clockOf(different: Path[], load: (clock: ShiftedClock) => Promise<LoadOutcome>): Promise<Path[]> {
  const stopped = Date.now() / 1000;
  const possible = different.filter((path) => MAY_BE_CLOCK.some((place) => place.test(shown(path))));
  if (possible.length < different.length) return possible;
  const values: unknown[] = [];
  for (const ahead of [AHEAD, AHEAD, 0]) {
    const outcome = await load({ ahead, stopped });
    if ('error' in outcome) return [];
    values.push(declared(outcome.loaded));
  }
  const [one, same, other] = values;
  return possible.filter(
    (path) => sameAt(path, one, same) && valueAt(other, path) !== undefined && !sameAt(path, one, other),
  );
}

interface FromClock {
  path: Path;
  /** The value of the second load. */
  other: unknown;
}

function withClock(first: LoadSucceeded, different: Path[], request: LoadRequest, clock: FromClock[]): LoadOutcome {
  const rest = different.filter((path) => !clock.some((one) => one.path === path));
  if (rest.length > 0) return refused(first, rest, request);
  const { loaded } = first;
  const values = clock.map(({ path }) => valueAt(loaded, path));
  const marked = replaced(
    loaded,
    clock.map(({ path, other }, at) => [path, markOf(at, values[at], other)] as const),
  );
  const warnings = clock.map(
    ({ path }, at) =>
      `${shown(path)} comes from the clock (${JSON.stringify(values[at])}): ` +
      "it is registered once, and later builds keep the server's value.",
  );
  return { ...first, loaded: { ...marked, clock: values, warnings: [...loaded.warnings, ...warnings] } };
}

function refused({ id, loaded, output }: LoadSucceeded, [path, ...more]: Path[], request: LoadRequest): LoadRefused {
  const others = more.length === 0 ? '' : ` (and ${more.length} more: ${more.slice(0, 3).map(shown).join(', ')})`;
  const line = valueAt(loaded, [...(path ?? []).slice(0, 2), 'line']);
  const error = new FlowError({
    code: 'not-deterministic',
    file: request.path,
    ...(typeof line === 'number' && { line }),
    what: `${shown(path ?? [])} differs between two loads of the same file${others}.`,
    next: 'Take random numbers, object addresses, the host and the clock out of it: compute them inside the flow.',
  });
  return { id, error, output, fullTraceback: '' };
}

function failedAgain({ id, output }: LoadSucceeded, { error, fullTraceback }: LoadRefused, request: LoadRequest) {
  const reason = error instanceof FlowError ? error.what : error.message;
  const place = error instanceof FlowError ? error.place : {};
  return {
    id,
    output,
    fullTraceback,
    error: new FlowError({
      code: 'not-deterministic',
      file: request.path,
      ...place,
      what: `The file loads once, but not with another clock, home folder and path: ${reason}`,
      next: 'Make it load the same way at any time and in any place.',
      ...(error instanceof FlowError && error.detail !== undefined && { detail: error.detail }),
    }),
  };
}

/** What two loads must agree on: what a file declares, not what is said of the load. */
function declared({
  flows,
  deployments,
  yaml,
}: Loaded & { flows?: unknown; deployments?: unknown; yaml?: unknown }): unknown {
  return { flows, deployments, yaml };
}
