import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { createTree } from '@nx/devkit/testing';
import flowGenerator from './generator';

const PLUGIN = 'nx-prefect';
const FOLDER = ['README.md', 'flow.py', 'tasks.py', 'tests.py', 'utils.py'];

describe('flow generator', () => {
  let tree: Tree;
  let root: string;

  beforeEach(() => {
    tree = createTree();
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    tree.root = root;
    tree.write('nx.json', '{}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** An environment as `python -m venv` and pip leave it, but for its programs. */
  const install = (prefect: string) => {
    const packages = join(root, '.venv', 'lib', 'python3.9', 'site-packages');
    mkdirSync(join(packages, `prefect-${prefect}.dist-info`), { recursive: true });
    mkdirSync(join(root, '.venv', 'bin'));
    writeFileSync(join(root, '.venv', 'pyvenv.cfg'), '');
    writeFileSync(join(root, '.venv', 'bin', 'python'), '', { mode: 0o755 });
  };
  const read = (file: string) => tree.read(file, 'utf8')!;

  it.each([
    ['3.8.8', 'from prefect import flow'],
    ['0.15.13', 'from prefect import Flow, Parameter'],
    ['1.4.1', 'from prefect import Flow, Parameter'],
  ])('writes every file of a flow folder for Prefect %s, with nothing left to fill in', async (prefect, line) => {
    install(prefect);
    await flowGenerator(tree, { flow: 'project_3/flow9', schedule: '0 6 * * *', lib: 'amounts' });

    expect(tree.children('flows/project_3/flow9').sort()).toEqual(FOLDER);
    const files = FOLDER.map((file) => read(`flows/project_3/flow9/${file}`));
    for (const text of files) expect(text).not.toMatch(/<%|%>|&#|\n\n\n\n/);
    expect(files[1]).toContain(line);
    expect(files[1]).toContain('"0 6 * * *"');
    expect(files.join('')).toContain('import amounts\n');
    expect(tree.children('libs/amounts').sort()).toEqual(['README.md', '__init__.py', 'test_amounts.py']);
  });

  it("gives the flow its project's name too, so that two projects can have a flow of one name", async () => {
    await flowGenerator(tree, { flow: 'a/load' });
    await flowGenerator(tree, { flow: 'b/load' });

    expect(read('flows/a/load/flow.py')).toContain('@flow(name="a-load"');
    expect(read('flows/b/load/flow.py')).toContain('@flow(name="b-load"');
    expect(read('flows/a/load/flow.py')).not.toMatch(/to_deployment|\n\n\n\n/);
  });

  it('takes the path as a shell completes it', async () => {
    await flowGenerator(tree, { flow: 'flows/project_3/flow9/' });

    expect(tree.exists('flows/project_3/flow9/flow.py')).toBe(true);
  });

  it("writes below the workspace's own folder of flows", async () => {
    tree.write('nx.json', JSON.stringify({ plugins: [{ plugin: PLUGIN, options: { flowsDirectory: 'src/flows' } }] }));
    await flowGenerator(tree, { flow: 'project_3/flow9' });

    expect(tree.exists('src/flows/project_3/flow9/flow.py')).toBe(true);
  });

  it.each(['3.8.8', '0.15.13'])('writes one file for Prefect %s, and makes it a flow', async (prefect) => {
    install(prefect);
    tree.write('nx.json', JSON.stringify({ plugins: [PLUGIN] }));
    await flowGenerator(tree, { flow: 'sales/daily', flat: true });
    await flowGenerator(tree, { flow: 'etl', flat: true });

    expect(read('flows/sales/daily.py')).toMatch(/low\((name=)?"sales-daily"/);
    expect(JSON.parse(read('nx.json'))).toEqual({
      plugins: [{ plugin: PLUGIN, options: { flows: ['flows/sales/daily.py', 'flows/etl.py'] } }],
    });
  });

  it('leaves nx.json alone where a pattern names the file already', async () => {
    const nxJson = JSON.stringify({ plugins: [{ plugin: PLUGIN, options: { flows: ['flows/*.py'] } }] });
    tree.write('nx.json', nxJson);
    await flowGenerator(tree, { flow: 'etl', flat: true });

    expect(read('nx.json')).toBe(nxJson);
  });

  const BAD_NAMES = ['flow9', 'a/b/c', '../x', 'a/b c', '', 'a/é', 'a/-b', '/a/b'];
  it.each(BAD_NAMES)('refuses the name %j', async (flow) => {
    await expect(flowGenerator(tree, { flow })).rejects.toMatchObject({ code: 'flow-name' });
    expect(tree.exists('flows')).toBe(false);
  });

  it('leaves a folder alone that is there already', async () => {
    tree.write('flows/project_3/flow9/notes.txt', 'mine');

    await expect(flowGenerator(tree, { flow: 'project_3/flow9' })).rejects.toMatchObject({ code: 'flow-exists' });
    expect(tree.children('flows/project_3/flow9')).toEqual(['notes.txt']);
  });
});
