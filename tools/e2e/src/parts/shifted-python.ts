import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './workspace';

/** The worker's own second clock, as the machine's. */
const SITE = (seconds: number) => `
import sys
sys.path.insert(0, ${JSON.stringify(join(ROOT, 'tools', 'nx-prefect', 'python'))})
from nx_prefect import clock
sys.path.pop(0)
real = clock._REAL["time"]
clock._REAL["time"] = lambda: real() + ${seconds}
clock.install()
clock.install = lambda: None
`;

/** A virtual environment whose Python is `python` on a machine with another clock. */
export function shiftedEnvironment(folder: string, python: string, seconds: number): void {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'pyvenv.cfg'), '');
  writeFileSync(join(folder, 'sitecustomize.py'), SITE(seconds));
  writeFileSync(join(folder, 'bin', 'python'), `#!/bin/sh\nPYTHONPATH='${folder}' exec '${python}' "$@"\n`, {
    mode: 0o755,
  });
}
