// Takes the lock of a checkout over and over, and writes down when it has it. Arguments: checkout, log, acquisitions.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { lockCheckout } = createRequire(import.meta.url)('../../../nx-prefect/dist/core/run-lock.js');
const [, , checkout, log, times] = process.argv;

for (let time = 0; time < Number(times); time++) {
  const unlock = await lockCheckout(checkout, () => undefined);
  // One small write to a file that is opened to append is one entry, whoever else writes.
  appendFileSync(log, `enter ${process.pid}\n`);
  if (time % 2) await sleep(1);
  appendFileSync(log, `leave ${process.pid}\n`);
  unlock();
}
