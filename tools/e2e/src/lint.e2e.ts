import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT, run } from './parts/workspace';

const SOURCES = 'tools/nx-prefect/src';

describe('the layers of the plugin', () => {
  let root: string;
  const planted: string[] = [];
  const lint = () =>
    run(process.execPath, [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--deny-warnings', SOURCES], {
      cwd: root,
      env: process.env,
    });
  const plant = (path: string, content: string) => {
    planted.push(path);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };

  beforeAll(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-lint-')));
    cpSync(join(ROOT, SOURCES), join(root, SOURCES), { recursive: true });
    cpSync(join(ROOT, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  afterEach(() => planted.splice(0).forEach((path) => rmSync(join(root, path))));

  it('are kept, as they stand', async () => {
    expect(await lint()).toMatchObject({ code: 0 });
  });

  it.each([
    ['core', '../verbs/register', 'register'],
    ['stores/s3', '../../engines/engines', 'engineNamed'],
    ['engines/prefect3', '../../build/manifest-file', 'readManifest'],
    ['verbs', '../executors/batch', 'single'],
    ['scanner', '../core/errors', 'FlowError'],
  ])('an import upward, from %s to %s, is an error', async (layer, target, name) => {
    plant(
      `${SOURCES}/${layer}/planted.ts`,
      `import { ${name} } from '${target}';\n\nexport const planted = ${name};\n`,
    );
    const { code, output } = await lint();
    expect(code).not.toBe(0);
    expect(output).toMatch(/no-restricted-imports/);
    expect(output).toContain(`${layer}/planted.ts`);
  });

  it('so is a cycle', async () => {
    plant(`${SOURCES}/core/one.ts`, "import { two } from './two';\n\nexport const one = () => two;\n");
    plant(`${SOURCES}/core/two.ts`, "import { one } from './one';\n\nexport const two = () => one;\n");
    const { code, output } = await lint();
    expect(code).not.toBe(0);
    expect(output).toMatch(/no-cycle/);
  });
});
