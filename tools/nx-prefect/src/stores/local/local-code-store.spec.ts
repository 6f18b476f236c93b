import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../../core/canonical';
import type { Code } from '../code-store';
import { LocalCodeStore, localStoreOfSteps } from './local-code-store';

it('lets a worker on this machine run in the folder', async () => {
  expect(await new LocalCodeStore('/w').delivery({ digest: 'abc' })).toEqual({
    pullSteps: [{ 'prefect.deployments.steps.set_working_directory': { directory: '/w/.prefect-code/abc' } }],
  });
});

test('builds are kept by the digest of their source, for going back to it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
  const { builds } = new LocalCodeStore(root);
  expect(await builds.take('ab')).toBeUndefined();
  for (const text of ['one', 'two']) await builds.put('ab', text);
  expect(await builds.take('ab')).toBe('two');
  expect(readdirSync(join(root, '.prefect-code'))).toEqual(['builds']);
  rmSync(root, { recursive: true });
});

describe('code that runs have as their working directory', () => {
  const CONTENT: Record<string, string> = { 'flow.py': 'import lib\n', 'lib/__init__.py': '', 'lib/data.csv': '1\n' };
  const code: Code = {
    digest: 'ab'.repeat(32),
    files: Object.fromEntries(Object.entries(CONTENT).map(([path, text]) => [path, sha256(text)])),
    read: async (path) => Buffer.from(CONTENT[path]!),
  };
  let root: string;
  const at = (path: string) => join(root, '.prefect-code', code.digest, path);
  const holds = (one = code) => new LocalCodeStore(root).holds(one);
  const whole = () => Object.keys(CONTENT).every((path) => readFileSync(at(path), 'utf8') === CONTENT[path]);
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    await new LocalCodeStore(root).put(code);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is there whole, and not for writing', async () => {
    expect(await holds()).toBe(true);
    expect(whole()).toBe(true);
    expect(statSync(at('flow.py')).mode & 0o777).toBe(0o444);
    expect(readdirSync(join(root, '.prefect-code'))).toEqual([code.digest]);
  });

  it('stays whole with what Python and a run leave beside it', async () => {
    mkdirSync(at('lib/__pycache__'));
    writeFileSync(at('lib/__pycache__/__init__.cpython-312.pyc'), 'x');
    writeFileSync(at('result.csv'), 'x');
    expect(await holds()).toBe(true);
  });

  const replace = (path: string, content: string) => {
    rmSync(at(path));
    writeFileSync(at(path), content);
  };
  it.each<[string, () => void]>([
    ['deleted', () => rmSync(at('lib/__init__.py'))],
    ['emptied', () => replace('flow.py', '')],
    ['replaced by as many bytes', () => replace('lib/data.csv', '2\n')],
    ['written to', () => (chmodSync(at('flow.py'), 0o644), writeFileSync(at('flow.py'), 'x'))],
    ['replaced by a folder', () => (rmSync(at('flow.py')), mkdirSync(at('flow.py/x'), { recursive: true }))],
    ['replaced by a link', () => (rmSync(at('flow.py')), symlinkSync('lib/data.csv', at('flow.py')))],
    ['gone with its folder', () => rmSync(at('lib'), { recursive: true })],
    ['shadowed by a module', () => writeFileSync(at('json.py'), '')],
    ['gone altogether', () => rmSync(at(''), { recursive: true })],
  ])('is healed when a file is %s', async (_what, damage) => {
    damage();
    expect(await holds()).toBe(false);
    await new LocalCodeStore(root).put(code);
    expect(whole()).toBe(true);
    expect(await holds()).toBe(true);
    expect(readdirSync(join(root, '.prefect-code'))).toEqual([code.digest]);
  });

  it('keeps what a run left beside it when it is healed', async () => {
    writeFileSync(at('result.csv'), 'of a run');
    replace('flow.py', '');
    await new LocalCodeStore(root).put(code);
    expect(readFileSync(at('result.csv'), 'utf8')).toBe('of a run');
  });

  it('is never written through a link', async () => {
    mkdirSync(join(root, 'elsewhere'));
    rmSync(at('lib'), { recursive: true });
    symlinkSync(join(root, 'elsewhere'), at('lib'));
    await new LocalCodeStore(root).put(code);
    rmSync(at(''), { recursive: true });
    symlinkSync(join(root, 'elsewhere'), join(root, '.prefect-code', code.digest));
    expect(await holds()).toBe(false);
    await new LocalCodeStore(root).put(code);
    expect(whole()).toBe(true);
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  });

  it('goes by what was put there first, where each build makes other bytes', async () => {
    const varies = { ...code, digest: 'cd'.repeat(32), varies: true };
    await new LocalCodeStore(root).put(varies);
    expect(await holds({ ...varies, files: { ...varies.files, 'flow.py': sha256('another build') } })).toBe(true);
    rmSync(join(root, '.prefect-code', varies.digest, 'flow.py'));
    expect(await holds(varies)).toBe(false);
  });

  it('is known by the steps that serve it', async () => {
    const { pullSteps } = await new LocalCodeStore('/w').delivery(code);
    expect(localStoreOfSteps(pullSteps)).toBe('/w/.prefect-code');
    expect(localStoreOfSteps([{ 'prefect.deployments.steps.set_working_directory': { directory: '/opt' } }])).toBe(
      undefined,
    );
    expect(localStoreOfSteps(null)).toBe(undefined);
  });
});
