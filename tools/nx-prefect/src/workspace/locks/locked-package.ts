import { sha256 } from '../../core/canonical';
import { grouped } from '../../core/grouped';

/** One package of a lock file. */
export interface LockedPackage {
  /** Normalised as PEP 503 says: `ruamel-yaml`. */
  name: string;
  /**
   * As the lock has it; where the lock has several (one for each platform), all of them. '' where a URL stands instead.
   */
  version: string;
  /** What identifies the content, sorted: `sha256:...` of each file, or the commit or URL that it comes from. */
  hashes: readonly string[];
  /**
   * Normalised names of the packages that it needs, sorted. May name some that the lock leaves out for its platform.
   */
  dependencies: readonly string[];
}

/** What a lock file says. */
export interface LockedPackages {
  packages: ReadonlyMap<string, LockedPackage>;
  /** Whether the lock says which package needs which. Where it doesn't, each may need any other. */
  knowsDependencies: boolean;
}

/** `Ruamel.Yaml` and `ruamel_yaml` are `ruamel-yaml`. */
export function normalizeName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Puts the entries of one name together: locks repeat a package that has several versions. */
export function collectPackages(entries: Iterable<LockedPackage>): Map<string, LockedPackage> {
  return new Map(
    [...grouped(entries, ({ name }) => name)].map(([name, same]) => [
      name,
      {
        name,
        version: unique(same.map(({ version }) => version)).join(', '),
        hashes: unique(same.flatMap(({ hashes }) => hashes)),
        dependencies: unique(same.flatMap(({ dependencies }) => dependencies)),
      },
    ]),
  );
}

/** Equal if and only if the lock installs the same files of the package. */
export function packageHash({ version, hashes }: LockedPackage): string {
  return sha256(JSON.stringify([version, hashes]));
}

function unique(values: string[]): string[] {
  return [...new Set(values)].sort();
}
