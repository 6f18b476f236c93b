import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { canonicalJson, sha256 } from '../core/canonical';
import { PACKAGE_ROOT } from '../core/package-root';

/** What this package runs: as it lies there, so that a plugin in the workspace counts as it is now. */
const CODE: readonly [folder: string, kind: RegExp][] = [
  ['dist', /\.js$/],
  ['python', /\.py$/],
];

let known: string | undefined;

/** Digest of this plugin's code. It does not change under a process that has loaded it. */
export function toolDigest(): string {
  return (known ??= digestOf(PACKAGE_ROOT));
}

function digestOf(packageRoot: string): string {
  const files = CODE.flatMap(([folder, kind]) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => kind.test(path))
      .map((path) => [
        `${folder}/${path.replaceAll(sep, '/')}`,
        sha256(
          readFileSync(join(packageRoot, folder, path))
            .toString('latin1')
            .replaceAll('\r\n', '\n'),
        ),
      ]),
  );
  return sha256(canonicalJson(Object.fromEntries(files)));
}
