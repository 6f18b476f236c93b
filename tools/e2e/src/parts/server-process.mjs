// Runs a Prefect server for a test: node server-process.mjs <startServer's options as JSON>. It ends with its standard
// input, so no server outlives the test that started it, whatever ends that.
import { startServer } from '../../../local/server.mjs';

const ended = new Promise((done) => process.stdin.on('end', done).resume());
// Who started it may end while it starts.
process.stdout.on('error', () => undefined);

const server = await startServer(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ apiUrl: server.apiUrl }));
await ended;
await server.stop('SIGKILL');
process.exit(0);
