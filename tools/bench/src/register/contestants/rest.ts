import { join } from 'node:path';
import type { Contestant } from '../contestant';

/** A part of the limit: what any client of the server has to send. */
export const rest: Contestant = {
  key: 'rest',
  name: 'limit: REST',
  what:
    'a bare Node process that writes the same deployments, two requests each, one after the other; ' +
    'with nothing to do it reads them in bulk',
  engines: [3],
  scenarios: ['first', 'nothing'],
  writes: (scenario) => (scenario === 'nothing' ? [] : undefined),
  files: () => ({}),
  command: (scenario, _workspace, { url }) => [
    process.execPath,
    join(__dirname, '..', 'rest-client.js'),
    scenario === 'first' ? 'write' : 'read',
    url,
  ],
  env: () => ({}),
  input: ({ flows }) => JSON.stringify(flows),
};
