import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptOf, withSettings } from '../../nx-prefect/src/build/script';
import { sha256 } from '../../nx-prefect/src/canonical';
import { describeWith, prefect1Environment, pythonOf } from './parts/prefect1';
import { run } from './parts/workspace';

const FILES = {
  'flows/p/f/flow.py': 'from prefect import Flow, task\nfrom tasks import VALUE\n\n\n@task\ndef value():\n    return VALUE\n\n\nwith Flow("f") as flow:\n    value()\n',
  'flows/p/f/tasks.py': 'from utils import VALUE\n',
  'flows/p/f/utils.py': `VALUE = "whole"\n#${' '.repeat(3_000_000)}\n`,
};
const LOAD = `
import os, sys, prefect
from prefect.utilities.storage import extract_flow_from_file
with open(sys.argv[1], "rb") as file:
    script = file.read()
with prefect.context(loading_flow=True):
    flow = extract_flow_from_file(file_contents=script, flow_name="f")
state = flow.run()
(result,) = state.result.values()
print("GAVE", result.result, getattr(flow.result, "bucket", None), os.getcwd())
`;

describeWith(['0.15'], 'the script of a flow of Prefect 0.15.13 where it runs', () => {
  let scratch: string;
  let script: string;
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'script-')));
    mkdirSync(join(scratch, 'tmp'));
    const contents = Object.fromEntries(Object.entries(FILES).map(([file, text]) => [file, Buffer.from(text)]));
    script = scriptOf('flows/p/f/flow.py', contents, Object.fromEntries(Object.entries(FILES).map(([file, text]) => [file, sha256(text)])));
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  async function load(text = script): Promise<string> {
    const file = join(scratch, `${sha256(text)}.py`);
    writeFileSync(file, text);
    const env = { PATH: process.env['PATH'], HOME: scratch, TMPDIR: join(scratch, 'tmp') };
    const { output } = await run(pythonOf(prefect1Environment('0.15')), ['-c', LOAD, file], { cwd: scratch, env });
    return /^GAVE (.*)$/m.exec(output)?.[1] ?? output;
  }

  const unpacked = () => {
    const [home = ''] = readdirSync(join(scratch, 'tmp'));
    return readdirSync(join(scratch, 'tmp', home)).map((name) => join(scratch, 'tmp', home, name));
  };

  it('unpacks once, whole, also when several processes do so at once', async () => {
    const gave = await Promise.all(Array.from({ length: 5 }, () => load()));
    expect(gave).toEqual(Array(5).fill(`whole None ${scratch}`));
    const folders = unpacked();
    expect(folders).toHaveLength(1);
    for (const [file, text] of Object.entries(FILES)) expect(readFileSync(join(folders[0] ?? '', file), 'utf8')).toBe(text);
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, 'VALUE = "changed"\n')],
    ['cut short', (file: string) => writeFileSync(file, '')],
    ['removed', (file: string) => rmSync(file)],
  ])('notices a file that was %s, and leaves it to whom it may be in use', async (_how, damage) => {
    await load();
    const [folder = ''] = unpacked();
    damage(join(folder, 'flows/p/f/utils.py'));
    expect([await load(), await load()]).toEqual(Array(2).fill(`whole None ${scratch}`));
    expect(unpacked().sort()).toEqual([folder, `${folder}-1`]);
  });

  it('sends results where registering says, of a flow that sets none', async () => {
    expect(await load(withSettings(script, { resultBucket: 'team-flows' }))).toBe(`whole team-flows ${scratch}`);
  });
});
