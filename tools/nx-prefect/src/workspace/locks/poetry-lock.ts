import { z } from 'zod';
import { canonicalJson } from '../../core/canonical';
import { collectPackages, normalizeName, type LockedPackages } from './locked-package';
import { parseTomlLock } from './toml';

const files = z.array(z.object({ hash: z.string() }));

const schema = z.object({
  package: z
    .array(
      z.object({
        name: z.string(),
        version: z.string(),
        files: files.default([]),
        source: z.record(z.string(), z.unknown()).default({}),
        // A version, or a table, or several of either; optional ones of extras are here too.
        dependencies: z.record(z.string(), z.unknown()).default({}),
      }),
    )
    .default([]),
  // Where Poetry before 1.3 kept the files.
  metadata: z.object({ files: z.record(z.string(), files).default({}) }).default({ files: {} }),
});

/** Reads a `poetry.lock`. */
export function parsePoetryLock(text: string, path: string): LockedPackages {
  const { package: entries, metadata } = parseTomlLock(text, path, schema);
  const packages = collectPackages(
    entries.map(({ name, version, source, dependencies, files: own }) => {
      const hashes = [...own, ...(Object.hasOwn(metadata.files, name) ? metadata.files[name]! : [])].map(
        ({ hash }) => hash,
      );
      return {
        name: normalizeName(name),
        version,
        hashes: hashes.length > 0 ? hashes : [canonicalJson(source)],
        dependencies: Object.keys(dependencies).map(normalizeName),
      };
    }),
  );
  return { packages, knowsDependencies: true };
}
