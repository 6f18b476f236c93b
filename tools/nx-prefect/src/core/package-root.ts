import { join } from 'node:path';

/** Absolute path of this package's folder, the same for its sources and for what is compiled of them. */
export const PACKAGE_ROOT = join(__dirname, '..', '..');
