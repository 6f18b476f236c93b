import { DISTRIBUTION_NAMES } from './distribution-names';
import { normalizeName } from '../../workspace/locks/locked-package';

/** Raise it when the tables or the rules change: cached edges of unchanged files are then computed again. */
export const DISTRIBUTIONS_VERSION = 1;

/**
 * Normalised names of the packages of a lock that a dotted module may come from; [] where the lock has none of them.
 * What the workspace says and what is well known decides, longest prefix first: `google.cloud.storage` is not `google`.
 * Else names that look like the module's; there every prefix counts, since `from prefect import aws` isn't prefect-aws.
 */
export function distributionsOf(
  module: string,
  packageNames: Readonly<Record<string, string>>,
  inLock: (name: string) => boolean,
): string[] {
  const parts = module.split('.');
  const prefixes = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  for (const prefix of prefixes) {
    const named = Object.hasOwn(packageNames, prefix)
      ? [normalizeName(packageNames[prefix]!)]
      : DISTRIBUTION_NAMES.get(prefix);
    const found = named?.filter(inLock) ?? [];
    if (found.length > 0) return found;
  }
  const [top = ''] = parts;
  const alike = prefixes.map(normalizeName).filter(inLock);
  return alike.length > 0 ? alike : [`python-${top}`, `py${top}`, `${top}-python`].map(normalizeName).filter(inLock);
}
