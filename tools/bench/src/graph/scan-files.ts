import { readFileSync } from 'node:fs';
import { scanImports } from '../../../nx-prefect/src/scanner/imports';
import { Stopwatch } from '../stopwatch';
import type { Inside } from './contestant';

export interface Scanned extends Inside {
  bytes: number;
  imports: number;
}

/**
 * A program: reads the files that standard input lists, scans them if its argument says so, and prints {@link Scanned}.
 */
function main(): void {
  const files = readFileSync(0, 'utf8').split('\n').filter(Boolean);
  const scans = process.argv[2] === 'scan';
  const watch = new Stopwatch();
  let [bytes, imports] = [0, 0];
  for (const file of files) {
    const source = readFileSync(file);
    bytes += source.length;
    if (scans) imports += scanImports(source).length;
  }
  const result: Scanned = { ...watch.stop(), bytes, imports };
  console.log(JSON.stringify(result));
}

main();
