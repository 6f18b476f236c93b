import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again until the answer is as wanted, or the test's own time is over. */
export async function until<T>(ask: () => T | Promise<T>, wanted: (answer: T) => boolean = Boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await sleep(50);
  }
}
