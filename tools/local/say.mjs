// What these scripts print: steps, progress, problems. Problems read: what happened, where, what to do next.

/** An error that the user can act on. Everything else is a bug of these scripts and keeps its stack. */
export class Problem extends Error {
  constructor({ what, where, next, detail, cause }) {
    super(`${where ? `${where}: ` : ''}${what} ${next}`, { cause });
    this.detail = detail;
  }
}

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Shows a long step: one line that changes in a terminal, a line every ten seconds elsewhere.
 * `update(text)` says what it is at, `done(text)` ends it; the seconds are added.
 */
export function progress(label) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const terminal = process.stdout.isTTY;
  let state = '';
  const show = () => {
    const line = `${label} ... ${state ? `${state}, ` : ''}${seconds()}`;
    process.stdout.write(terminal ? `\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}` : `${line}\n`);
  };
  if (terminal) show();
  else say(`${label} ...`);
  const timer = setInterval(show, terminal ? 500 : 10_000);
  timer.unref();
  const end = (text) => {
    clearInterval(timer);
    if (terminal) process.stdout.write('\r\x1b[2K');
    say(text);
  };
  return {
    update(text) {
      state = text;
    },
    done: (text = 'done') => end(`${label}: ${text} (${seconds()})`),
    failed: () => end(`${label}: failed (${seconds()})`),
  };
}

/** Runs a script's main function: its result is the exit code, a Problem is printed without a stack. */
export async function main(run) {
  try {
    process.exitCode = (await run()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (!(error instanceof Problem)) throw error;
    console.error(`\nError: ${error.message}`);
    if (error.detail) console.error(error.detail.replace(/^/gm, '    '));
  }
}
