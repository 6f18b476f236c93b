import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { Manifest } from '../engines/manifest';
import { sha256 } from '../core/canonical';
import type { FlowError } from '../core/errors';
import { declaredDigest } from '../workspace/prefect-yaml-part';
import { requireFresh } from './freshness';

const OPTIONS = { entrypoint: undefined, load: 'import' as const, buildEnv: [], ship: 'script' as const };
const NO_YAML = { folder: 'flows/p/f', prefectYaml: [] };
const file = fc.constantFrom('flows/p/f/flow.py', 'flows/p/f/tasks.py', 'flows/p/f/sql/a.sql', 'libs/l/__init__.py');
const tree = fc.dictionary(file, fc.constantFrom('', 'a\n', 'b\n'), { minKeys: 1 }).map((value) => ({ ...value }));

function manifestOf(sources: Record<string, string>): Manifest {
  const digests = Object.fromEntries(Object.entries(sources).map(([path, content]) => [path, sha256(content)]));
  return {
    flow: 'p-f',
    options: { load: 'import', buildEnv: [], ship: 'script' },
    sources: digests,
  } as unknown as Manifest;
}

function refusal(check: () => void): FlowError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error as FlowError;
  }
}

describe('requireFresh', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function checkout(sources: Record<string, string>): void {
    rmSync(root, { recursive: true, force: true });
    for (const [path, content] of Object.entries(sources)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }

  it('takes a build if, and only if, it is of the files as they are now', () => {
    fc.assert(
      fc.property(tree, tree, (built, now) => {
        checkout(now);
        const differing = [...new Set([...Object.keys(built), ...Object.keys(now)])].filter(
          (path) => built[path] !== now[path],
        );
        const refused = refusal(() => requireFresh(root, manifestOf(built), Object.keys(now), NO_YAML, OPTIONS));
        expect(refused?.code).toBe(differing.length > 0 ? 'build-outdated' : undefined);
        expect([undefined, ...differing]).toContain(refused?.place.file);
      }),
    );
  });

  it('takes a checkout with CRLF line endings for the same source', () => {
    checkout({ 'flows/p/f/flow.py': 'a\r\nb\r\n' });
    expect(() =>
      requireFresh(root, manifestOf({ 'flows/p/f/flow.py': 'a\nb\n' }), ['flows/p/f/flow.py'], NO_YAML, OPTIONS),
    ).not.toThrow();
  });

  it('takes a prefect.yaml for changed if, and only if, an entry of the flow is another one', () => {
    const yaml = (own: string, other: string) =>
      `deployments:
- {entrypoint: flows/p/f/flow.py, tags: [${own}]}
- {entrypoint: flows/p/g/flow.py, tags: [${other}]}
`;
    const built = manifestOf({});
    built.sources['prefect.yaml'] = declaredDigest('prefect.yaml', Buffer.from(yaml('a', 'b')), 'flows/p/f')!;
    const check = () => requireFresh(root, built, [], { ...NO_YAML, prefectYaml: ['prefect.yaml'] }, OPTIONS);
    checkout({ 'prefect.yaml': yaml('a', 'changed') });
    expect(check).not.toThrow();
    checkout({ 'prefect.yaml': yaml('changed', 'b') });
    expect(check).toThrow(
      expect.objectContaining({ code: 'build-outdated', place: { flow: 'p-f', file: 'prefect.yaml' } }),
    );
  });

  it('refuses a build that was made with other options', () => {
    checkout({ 'flows/p/f/flow.py': 'a\n' });
    const check = () =>
      requireFresh(root, manifestOf({ 'flows/p/f/flow.py': 'a\n' }), ['flows/p/f/flow.py'], NO_YAML, {
        ...OPTIONS,
        entrypoint: 'main',
      });
    expect(check).toThrow(expect.objectContaining({ code: 'build-outdated' }));
  });
});
