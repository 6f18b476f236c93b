import { z } from 'zod';
import { canonicalJson } from '../../core/canonical';
import { collectPackages, normalizeName, type LockedPackages } from './locked-package';
import { parseTomlLock } from './toml';

const dependency = z.object({ name: z.string() });
const groups = z.record(z.string(), z.array(dependency)).default({});
const file = z.object({ hash: z.string().optional(), url: z.string().optional() });

const schema = z.object({
  package: z
    .array(
      z.object({
        name: z.string(),
        version: z.string().default(''),
        source: z.record(z.string(), z.unknown()).default({}),
        dependencies: z.array(dependency).default([]),
        'optional-dependencies': groups,
        'dev-dependencies': groups,
        sdist: file.optional(),
        wheels: z.array(file).default([]),
      }),
    )
    .default([]),
});

/** Reads a `uv.lock`. Extras and groups count as needed: which of them an environment has, the lock does not say. */
export function parseUvLock(text: string, path: string): LockedPackages {
  const { package: entries } = parseTomlLock(text, path, schema);
  const packages = collectPackages(
    entries.map(({ name, version, source, dependencies, sdist, wheels, ...more }) => {
      const files = [...(sdist ? [sdist] : []), ...wheels].flatMap(({ hash, url }) => hash ?? url ?? []);
      const needed = [
        ...dependencies,
        ...Object.values(more['optional-dependencies']).flat(),
        ...Object.values(more['dev-dependencies']).flat(),
      ];
      return {
        name: normalizeName(name),
        version,
        // Git and URL sources have no files with hashes, but name a commit.
        hashes: files.length > 0 ? files : [canonicalJson(source)],
        dependencies: needed.map((each) => normalizeName(each.name)),
      };
    }),
  );
  return { packages, knowsDependencies: true };
}
