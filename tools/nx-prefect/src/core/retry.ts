/** Why a request got no answer that can be used. */
export type Setback =
  /** The server was there and cut the line. */
  | { kind: 'cut' }
  /** The server, or a gateway before it, asks to come again later. */
  | { kind: 'busy'; retryAfterMs?: number | undefined }
  /** Nothing came for as long as anybody should wait. */
  | { kind: 'silent' }
  /** Nobody was reached: a wrong address, no network, a certificate that is not trusted. */
  | { kind: 'unreachable' }
  /** An answer that stays the same however often one asks. */
  | { kind: 'final' };

/**
 * Times a request is sent before its failure counts; waits 25, 50, 100 ... 5000 ms in between, about 20 s in all: a
 * disk that stalls or a server behind a gateway that starts again takes so long. SQLite's loser of two writers is
 * refused at once, and mostly taken right after: a first wait of 100 ms made 100 registrations a third slower.
 */
const TRIES = 12;
const FIRST_WAIT_MS = 25;
const LONGEST_WAIT_MS = 5000;
/** Each of them costs the whole limit of silence. */
const SILENT_TRIES = 2;

/**
 * Between the tries of another program that talks to a server, such as `docker push`: also about 20 s in all, in
 * fewer tries, since each of them takes seconds and has tried again by itself.
 */
export const PROGRAM_PAUSES_MS: readonly number[] = [1_000, 4_000, 15_000];

/**
 * How long to wait before the next try: the one policy for Prefect 3, Prefect 0.15 - 1.x, S3 and ECR. `Retry-After`
 * is honoured while a request has waited less than `patienceMs` in all.
 *
 * @param tries made so far, at least 1; for a silent server, the silent tries
 * @param waitedMs between the tries so far
 * @returns milliseconds; undefined = the failure counts
 */
export function pauseAfter(
  tries: number,
  setback: Setback,
  waitedMs: number,
  patienceMs: number,
  random = Math.random,
): number | undefined {
  if (setback.kind === 'final' || setback.kind === 'unreachable') return undefined;
  if (tries >= (setback.kind === 'silent' ? SILENT_TRIES : TRIES)) return undefined;
  const usual = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS) * (0.75 + random() / 2);
  const asked = setback.kind === 'busy' ? (setback.retryAfterMs ?? 0) : 0;
  const pause = Math.max(usual, asked);
  return waitedMs + pause > patienceMs ? undefined : pause;
}

/** @param value of the header: a number of seconds, or a date @returns milliseconds from now */
export function retryAfterMs(value: string | null | undefined, now = Date.now()): number | undefined {
  if (value == null || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}
