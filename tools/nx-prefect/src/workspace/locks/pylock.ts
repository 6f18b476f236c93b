import { z } from 'zod';
import { canonicalJson } from '../../core/canonical';
import { collectPackages, normalizeName, type LockedPackages } from './locked-package';
import { parseTomlLock } from './toml';

const hashes = z.record(z.string(), z.string());
const file = z.object({ hashes: hashes.default({}) });
const source = z.record(z.string(), z.unknown()).optional();

const schema = z.object({
  packages: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().default(''),
        dependencies: z.array(z.object({ name: z.string().optional() })).optional(),
        wheels: z.array(file).default([]),
        sdist: file.optional(),
        archive: file.optional(),
        vcs: source,
        directory: source,
      }),
    )
    .default([]),
});

/** Reads a `pylock.toml` (PEP 751). Its dependencies are optional: a lock where no package has any knows none. */
export function parsePylock(text: string, path: string): LockedPackages {
  const { packages: entries } = parseTomlLock(text, path, schema);
  const packages = collectPackages(
    entries.map(({ name, version, dependencies = [], wheels, sdist, archive, vcs, directory }) => {
      const files = [...wheels, ...(sdist ? [sdist] : []), ...(archive ? [archive] : [])];
      const found = files.flatMap((each) =>
        Object.entries(each.hashes).map(([algorithm, hash]) => `${algorithm}:${hash}`),
      );
      return {
        name: normalizeName(name),
        version,
        hashes: found.length > 0 ? found : [canonicalJson([vcs ?? null, directory ?? null])],
        dependencies: dependencies.flatMap((each) => (each.name === undefined ? [] : normalizeName(each.name))),
      };
    }),
  );
  return { packages, knowsDependencies: [...packages.values()].some(({ dependencies }) => dependencies.length > 0) };
}
