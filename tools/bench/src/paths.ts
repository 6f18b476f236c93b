import { join } from 'node:path';
import { NX, ROOT } from '../../e2e/src/parts/workspace';

export { NX, ROOT };
export const PEERS = join(ROOT, 'tools', 'bench', '.peers');
export const PLUGIN = join(ROOT, 'tools', 'nx-prefect', 'dist', 'index.js');
