// `npm stop`: ends the local Prefect server; its database stays.
import { join } from 'node:path';
import { ROOT } from './install.mjs';
import { main, say } from './say.mjs';
import { stopServer } from './server.mjs';

await main(async () => {
  const stopped = await stopServer({ home: join(ROOT, '.prefect-server') });
  say(stopped ? 'The local Prefect server has ended.' : 'No local Prefect server runs here.');
});
