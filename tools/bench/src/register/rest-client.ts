import { text } from 'node:stream/consumers';
import type { Flow } from './workspace';

/** The limit: `node rest-client.js write|read <api url>`, with the flows as JSON on standard input. */
const PAGE = 200;
const SCHEMA = {
  title: 'Parameters',
  type: 'object',
  properties: {
    day: { default: 'today', position: 0, title: 'day', type: 'string' },
    limit: { default: 100, position: 1, title: 'limit', type: 'integer' },
  },
};

function ask(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function post<T>(url: string, body: object): Promise<T> {
  let response = await ask(url, body);
  // SQLite's loser of two writers; the server writes too.
  for (let again = 1; response.status === 503 && again < 20; again++) response = await ask(url, body);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

async function write(api: string, { name, folder }: Flow): Promise<void> {
  const { id } = await post<{ id: string }>(`${api}/flows/`, { name });
  const entrypoint = `${folder}/flow.py:main`;
  const pull = [{ 'prefect.deployments.steps.set_working_directory': { directory: '/code' } }];
  await post(`${api}/deployments/`, {
    name: 'default',
    flow_id: id,
    entrypoint,
    pull_steps: pull,
    work_pool_name: 'pool',
    parameter_openapi_schema: SCHEMA,
    tags: ['bench'],
    description: 'Brings rows.',
    version: '1',
  });
}

async function main([what, api = '']: string[]): Promise<void> {
  const flows = JSON.parse(await text(process.stdin)) as Flow[];
  if (what === 'write') for (const flow of flows) await write(api, flow);
  else
    for (let offset = 0; offset < flows.length; offset += PAGE)
      await post(`${api}/deployments/filter`, { limit: PAGE, offset });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
