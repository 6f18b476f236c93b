import { join, resolve } from 'node:path';

/** The repository; this file runs in tools/bench/dist/bench/src. */
export const ROOT = resolve(__dirname, '../../../../..');
export const PEERS = join(ROOT, 'tools', 'bench', '.peers');
export const NX = join(ROOT, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
export const PLUGIN = join(ROOT, 'tools', 'nx-prefect', 'dist', 'index.js');
