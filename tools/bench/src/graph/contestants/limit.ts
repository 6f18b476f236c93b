import { join } from 'node:path';
import type { Contestant } from '../contestant';
import type { Scanned } from '../scan-files';
import { nxWorkspace, onNx } from './nx';

const PROGRAM = join(__dirname, '..', 'scan-files.js');

/** One Node process that does nothing but what can't be left out: once with the plugin's own scanner, once without. */
function limit(name: string, mode: 'scan' | 'read', what: string): Contestant {
  return {
    name,
    what,
    prepare: () => ({}),
    forget: () => undefined,
    command: () => [process.execPath, PROGRAM, mode],
    input: ({ files }, edited) =>
      (edited === undefined ? [...files.keys()].filter((file) => file.endsWith('.py')) : [edited]).join('\n'),
    found: async () => undefined,
    inside(_, output) {
      const { seconds, cpu, peak } = JSON.parse(output) as Scanned;
      return { seconds, cpu, peak };
    },
  };
}

export const scan = limit(
  'limit: read and scan',
  'scan',
  "one bare Node process reads all Python files and scans them with the plugin's scanner",
);
export const read = limit('limit: read', 'read', 'one bare Node process reads all Python files');

export const bare: Contestant = {
  ...onNx,
  name: 'limit: names only',
  what: 'Nx with a plugin that does nothing but name the flows: no targets, inputs or edges',
  prepare: (_, root) => nxWorkspace(root, 'bare', join(__dirname, '..', 'bare-plugin.js'), {}),
  found: async () => undefined,
};
