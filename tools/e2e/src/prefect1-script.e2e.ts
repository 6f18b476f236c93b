import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOf, withSettings } from '../../nx-prefect/src/engines/prefect1/script';
import { sha256 } from '../../nx-prefect/src/core/canonical';
import { describeWith, runScript } from './parts/prefect1';

const FILES = {
  'flows/p/f/flow.py': `from prefect import Flow, task
from tasks import VALUE


@task
def value():
    return VALUE


with Flow("f") as flow:
    value()
`,
  'flows/p/f/tasks.py': 'from utils import VALUE\n',
  'flows/p/f/utils.py': `VALUE = "whole"\n#${' '.repeat(3_000_000)}\n`,
};
describeWith(['0.15'], 'the script of a flow of Prefect 0.15.13 where it runs', () => {
  let scratch: string;
  let script: string;
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'script-')));
    mkdirSync(join(scratch, 'tmp'));
    const contents = Object.fromEntries(Object.entries(FILES).map(([file, text]) => [file, Buffer.from(text)]));
    script = scriptOf(
      'flows/p/f/flow.py',
      contents,
      Object.fromEntries(Object.entries(FILES).map(([file, text]) => [file, sha256(text)])),
    );
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  async function load(text = script): Promise<string> {
    const file = join(scratch, `${sha256(text)}.py`);
    writeFileSync(file, text);
    return await runScript('0.15', file, 'f', join(scratch, 'tmp'));
  }

  const unpacked = () => {
    const home = readdirSync(join(scratch, 'tmp')).find((name) => name.startsWith('nx-prefect-')) ?? '';
    return readdirSync(join(scratch, 'tmp', home)).map((name) => join(scratch, 'tmp', home, name));
  };

  it('unpacks once, whole, also when several processes do so at once', async () => {
    const gave = await Promise.all(Array.from({ length: 5 }, () => load()));
    expect(gave).toEqual(Array(5).fill(`['whole'] None ${join(scratch, 'tmp')}`));
    const folders = unpacked();
    expect(folders).toHaveLength(1);
    for (const [file, text] of Object.entries(FILES))
      expect(readFileSync(join(folders[0] ?? '', file), 'utf8')).toBe(text);
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, 'VALUE = "changed"\n')],
    ['cut short', (file: string) => writeFileSync(file, '')],
    ['removed', (file: string) => rmSync(file)],
  ])('notices a file that was %s, and leaves it to whom it may be in use', async (_how, damage) => {
    await load();
    const [folder = ''] = unpacked();
    damage(join(folder, 'flows/p/f/utils.py'));
    expect([await load(), await load()]).toEqual(Array(2).fill(`['whole'] None ${join(scratch, 'tmp')}`));
    expect(unpacked().sort()).toEqual([folder, `${folder}-1`]);
  });

  it('sends results where registering says, of a flow that sets none', async () => {
    expect(await load(withSettings(script, { resultBucket: 'team-flows' }))).toBe(
      `['whole'] team-flows ${join(scratch, 'tmp')}`,
    );
  });
});
