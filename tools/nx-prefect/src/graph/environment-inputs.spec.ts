import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentInputs, pluginInputs, PLUGIN_VERSION } from './environment-inputs';
import { fingerprint } from './environment-fingerprint';

let root: string;
beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), 'environment-')))));
afterEach(() => rmSync(root, { recursive: true }));

const fromDisk = (path: string) => ({ fileset: `{workspaceRoot}/${path}`, includeIgnored: true });
const folder = (...parts: string[]) => (mkdirSync(join(root, ...parts), { recursive: true }), join(root, ...parts));

describe('the plugin', () => {
  test('in the workspace counts by its code, also through the link in node_modules', () => {
    folder('tools/nx-prefect');
    folder('node_modules');
    symlinkSync(join(root, 'tools/nx-prefect'), join(root, 'node_modules/nx-prefect'));
    const inputs = [fromDisk('tools/nx-prefect/dist/**/*.js'), fromDisk('tools/nx-prefect/python/**/*.py')];
    expect(pluginInputs(root, join(root, 'node_modules/nx-prefect'))).toEqual(inputs);
  });
  test('installed counts by its package.json', () => {
    expect(pluginInputs(root, folder('node_modules/nx-prefect'))).toEqual([
      fromDisk('node_modules/nx-prefect/package.json'),
    ]);
  });
  test('outside of the workspace counts by its version', () => {
    expect(pluginInputs(folder('workspace'), folder('elsewhere'))).toEqual([
      fromDisk(`node_modules/.nx-prefect@${PLUGIN_VERSION}`),
    ]);
  });
});

describe('the environment', () => {
  test('is that of the nearest .venv', () => {
    folder('.venv/lib/python3.12/site-packages');
    folder('flows/old/.venv/lib/python3.7/site-packages');
    const inputsOf = environmentInputs(root);
    expect(inputsOf('flows/old/a')).toEqual([
      fromDisk('flows/old/.venv/lib/python3.7/site-packages/prefect-*.dist-info/METADATA'),
    ]);
    expect(inputsOf('flows/new/a')).toEqual([
      fromDisk('.venv/lib/python3.12/site-packages/prefect-*.dist-info/METADATA'),
    ]);
  });
  test('without one is asked for when tasks are hashed; a plugin in the workspace needs no absolute path', () => {
    const parent = join(__dirname, '..');
    expect(environmentInputs(parent)('flows/p/a')).toEqual([{ runtime: 'node "graph/environment-fingerprint.js"' }]);
  });
});

describe('the fingerprint of PATH', () => {
  test('no python3', () => expect(fingerprint(root, root)).toBe('no python3'));

  test('a virtual environment is told from its folders', () => {
    const bin = folder('venv/bin');
    writeFileSync(join(bin, 'python3'), '', { mode: 0o755 });
    writeFileSync(join(root, 'venv/pyvenv.cfg'), 'home = /usr/bin');
    const packages = folder('venv/lib/python3.12/site-packages');
    expect(fingerprint(bin, root)).toBe('python3.12 no prefect');
    mkdirSync(join(packages, 'prefect-3.6.1.dist-info'));
    mkdirSync(join(packages, 'prefect_aws-0.5.0.dist-info'));
    expect(fingerprint(bin, root)).toBe('python3.12 prefect-3.6.1');
  });

  test('is that of `python` where there is no `python3`, as for the build', () => {
    const bin = folder('venv/bin');
    writeFileSync(join(bin, 'python'), '', { mode: 0o755 });
    writeFileSync(join(root, 'venv/pyvenv.cfg'), '');
    folder('venv/lib/python3.12/site-packages/prefect-3.6.1.dist-info');
    expect(fingerprint(bin, root)).toBe('python3.12 prefect-3.6.1');
  });

  test('any other Python is asked', () => {
    const bin = folder('bin');
    const packages = folder('packages', 'prefect-0.15.13.dist-info');
    writeFileSync(
      join(bin, 'python3'),
      `#!/bin/sh\nprintf 'python3.7\\n\\n/nowhere.zip\\n${join(packages, '..')}\\n'\n`,
      { mode: 0o755 },
    );
    expect(fingerprint(bin, root)).toBe('python3.7 prefect-0.15.13');
  });

  test('a .venv in the workspace goes before it', () => {
    folder('.venv/lib/python3.13/site-packages/prefect-3.7.0.dist-info');
    writeFileSync(join(root, '.venv/pyvenv.cfg'), '');
    expect(fingerprint(root, root)).toBe('python3.13 prefect-3.7.0');
  });

  test('one that does not start is told apart', () => {
    const bin = folder('bin');
    writeFileSync(join(bin, 'python3'), '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(fingerprint(bin, root)).toBe('broken python3 no prefect');
  });
});
