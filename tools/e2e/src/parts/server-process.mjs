// Runs a Prefect server for a test: node server-process.mjs <startServer's options as JSON>. It ends with its standard
// input, so no server outlives the test that started it, whatever ends that.
import { startServer } from '../../../local/server.mjs';

const server = await startServer(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ apiUrl: server.apiUrl }));
process.stdin.on('end', async () => {
  await server.stop('SIGKILL');
  process.exit(0);
});
process.stdin.resume();
