#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { HOST, startServer } from './server';

const HELP = `prefect1-server: a development server for Prefect 0.15 and 1.x, for tests and local trials.
It is not Prefect Server: it keeps projects, flows and their versions in a file, runs nothing,
and listens on ${HOST} only.

  --port <number>         default 4200; 0 takes a free one
  --data <file>           default .prefect-server/prefect1.jsonl
  --api-key-env <name>    ask for an API key, as Prefect Cloud does: the value of this environment variable
  --tenant <id>           id of the first tenant
  --development           serve /development/requests and /development/faults, for tests
  --help`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4200' },
      data: { type: 'string', default: '.prefect-server/prefect1.jsonl' },
      'api-key-env': { type: 'string' },
      tenant: { type: 'string' },
      development: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const { data, development, tenant, 'api-key-env': keyName } = values;
  const apiKey = keyName === undefined ? undefined : process.env[keyName];
  if (keyName !== undefined && !apiKey)
    throw new Error(
      `--api-key-env: the environment variable ${keyName} is not set. Set it to the key that clients must send.`,
    );
  const server = await startServer({
    port: port(values.port),
    data,
    development,
    ...(apiKey ? { apiKey } : {}),
    ...(tenant ? { tenantId: tenant } : {}),
  });
  console.log(
    `prefect1-server (development server for tests and local trials, not Prefect Server) on ${server.url}, ` +
      `data in ${data}`,
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
}

function port(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return number;
  throw new Error(`--port ${text}: this is no port. Give a number from 0 to 65535.`);
}

main().catch((error: unknown) => {
  const { code, message } = error as NodeJS.ErrnoException;
  console.error(
    code === 'EADDRINUSE' ? `${message}. Choose another port with --port, or end what listens there.` : message,
  );
  process.exitCode = 1;
});
