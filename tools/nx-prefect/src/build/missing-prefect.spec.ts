import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FlowError } from '../core/errors';
import type { FlowToBuild } from '../engines/staged-flow';
import { explainMissingPrefect } from './missing-prefect';

describe('explainMissingPrefect', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    mkdirSync(join(root, 'flows/p/f'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const missing = new FlowError({ code: 'prefect-not-found', what: 'It is not there.', next: 'Install it.' });
  const explain = (error: unknown) =>
    explainMissingPrefect(error, root, { flow: 'p-f', folder: 'flows/p/f' } as FlowToBuild);

  it.each([
    ['requirements.txt', 'prefect==2.20.16\n'],
    ['requirements.txt', 'boto3\nprefect>=2.0,<3\n'],
    ['flows/p/requirements.txt', 'prefect~=2.19\n'],
    ['uv.lock', 'version = 1\n[[package]]\nname = "prefect"\nversion = "2.20.16"\n'],
  ])('refuses Prefect 2 where only %s asks for it', (file, text) => {
    writeFileSync(join(root, file), text);
    expect(explain(missing)).toMatchObject({ code: 'prefect-unsupported', place: { flow: 'p-f', file } });
  });

  it('leaves every other error as it is', () => {
    expect(explain(missing)).toBe(missing);
    writeFileSync(join(root, 'requirements.txt'), 'prefect>=2\n');
    expect(explain(missing)).toBe(missing);
    writeFileSync(join(root, 'requirements.txt'), 'prefect==2.20.16\n');
    const other = new Error('other');
    expect(explain(other)).toBe(other);
  });
});
