import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findFlows } from './find-flows';

const FLOW = 'from prefect import flow\n\n@flow\ndef main():\n    pass\n';
const FLOW1 = 'from prefect import Flow\n\nwith Flow("x") as f:\n    pass\n';
const yaml = (entrypoint: string) => `deployments:\n- name: d\n  entrypoint: ${entrypoint}\n`;

describe('findFlows', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const find = (files: Record<string, string>, given: Record<string, unknown> = {}) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const { flows, options, undeployed } = findFlows(root, Object.keys(files).sort(), given);
    return { flows: flows.map(({ file }) => file), options, undeployed };
  };

  it('takes the folders of the default layout, whatever Prefect they are for', () => {
    const found = find({ 'flows/p/a/flow.py': FLOW1, 'flows/p/b/flow.py': FLOW, 'libs/x/__init__.py': '' });
    expect(found).toEqual({ flows: ['flows/p/a/flow.py', 'flows/p/b/flow.py'], options: {}, undeployed: [] });
  });

  it('makes patterns of files that define flows, and leaves tests and modules out', () => {
    const found = find({ 'jobs/a.py': FLOW, 'jobs/b.py': FLOW1, 'util.py': 'X = 1\n', 'tests/test_a.py': FLOW });
    expect(found).toEqual({ flows: ['jobs/a.py', 'jobs/b.py'], options: { flows: ['jobs/*.py'] }, undeployed: [] });
  });

  it('leaves it to a prefect.yaml what is deployed, and names the rest', () => {
    const found = find({ 'prefect.yaml': yaml('jobs/a.py:main'), 'jobs/a.py': FLOW, 'jobs/sub.py': FLOW });
    expect(found).toEqual({ flows: ['jobs/a.py'], options: {}, undeployed: ['jobs/sub.py'] });
  });

  it('finds the default layout below an app of a bigger workspace', () => {
    const found = find({
      'apps/data/flows/p/a/flow.py': FLOW,
      'apps/data/libs/x/__init__.py': '',
      'apps/web/a.ts': '',
    });
    expect(found.options).toEqual({ flowsDirectory: 'apps/data/flows', libsDirectory: 'apps/data/libs' });
    expect(found.flows).toEqual(['apps/data/flows/p/a/flow.py']);
  });

  it('keeps to the patterns that are given', () => {
    const found = find({ 'jobs/a.py': FLOW, 'old/b.py': FLOW }, { flows: ['jobs/*.py'] });
    expect(found).toMatchObject({ flows: ['jobs/a.py'], undeployed: ['old/b.py'] });
  });
});
