import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sha256 } from '../../core/canonical';
import type { StagedFlow } from '../staged-flow';
import { partOf } from '../../workspace/prefect-yaml-part';
import { prefectYamlTexts } from './prefect-yaml-texts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function texts(files: Record<string, string | Buffer>, sources?: Record<string, string>) {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), content);
  }
  const folder = 'flows/p/sales';
  const flow = { flow: 'p-sales', folder, files: [], prefectYaml: Object.keys(files) };
  const digests = Object.fromEntries(
    Object.entries(files).map(([file, content]) => [file, partOf(file, content.toString(), folder)?.digest]),
  );
  return prefectYamlTexts(root, { ...flow, sources: sources ?? digests } as unknown as StagedFlow);
}

const BESIDE = 'flows/p/sales/prefect.yaml';

describe('prefectYamlTexts', () => {
  it('reads the file beside the flow, and a shared one only if it may name the flow', () => {
    expect(texts({ [BESIDE]: 'deployments: []\n', 'prefect.yaml': '- flows/p/other/flow.py' })).toEqual([
      { file: BESIDE, text: 'deployments: []\n', others: [] },
    ]);
    const shared = '- entrypoint: flows.p.sales.flow.main';
    expect(texts({ 'prefect.yaml': shared })).toEqual([{ file: 'prefect.yaml', text: shared, others: [] }]);
  });

  it.each<[string, string | Buffer, Record<string, string> | undefined]>([
    ['prefect-yaml', Buffer.from('name: caf\xe9', 'latin1'), undefined],
    ['source-changed', 'deployments: []', { [BESIDE]: sha256('deployments: [{}]') }],
  ])('refuses with %s', (code, content, sources) => {
    expect(() => texts({ [BESIDE]: content }, sources)).toThrow(expect.objectContaining({ code }));
  });
});
