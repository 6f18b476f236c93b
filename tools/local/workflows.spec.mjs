import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './install.mjs';

const FOLDER = join(ROOT, '.github', 'workflows');
/** Commands of other programs, which have no script here. */
const OTHERS = [
  /^uv python install [\d.]+$/,
  /^npm pkg set "[\w.]+=\S+" -w (\S+)$/,
  /^npm publish -w (\S+)( --\S+( public)?)*$/,
];

/** The workflows can't run here: what they name must at least be there. */
describe('workflows', () => {
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const commands = [...text.matchAll(/^\s*(?:- )?run: (.+)$/gm)].map(([, command]) => command);

    it(`${file} runs scripts and files that exist`, () => {
      assert.ok(commands.length > 0);
      for (const command of commands) assert.equal(flaw(command), undefined, command);
    });

    it(`${file} gives no job more than it needs`, () => {
      assert.match(text, /^permissions:\n {2}contents: read$/m);
      assert.doesNotMatch(text, /pull_request_target|secrets\.|write-all/);
      assert.match(text, /persist-credentials: false/);
    });
  }

  it('are for the versions of Node that the package supports', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'tools', 'nx-prefect', 'package.json'), 'utf8'));
    const [, versions] = /node: \[([\d, ]+)\]/.exec(readFileSync(join(FOLDER, 'ci.yml'), 'utf8'));
    assert.deepEqual(versions.split(', ').map(Number), [20, 22, 24]);
    assert.match(engines.node, /^>=20\./);
  });
});

/** What is wrong with a command of a workflow: one line each, so that nobody needs a shell to know what it runs. */
function flaw(command) {
  const [, workspace] = OTHERS.map((pattern) => pattern.exec(command)).find(Boolean) ?? [];
  if (workspace !== undefined) return existsSync(join(ROOT, 'tools', workspace)) ? undefined : 'no such workspace';
  if (OTHERS.some((pattern) => pattern.test(command))) return undefined;
  const [, script] = /^npm (?:run )?([\w:-]+)$/.exec(command) ?? [];
  if (script !== undefined) return script in scripts() ? undefined : 'no such script in package.json';
  return isProgram(command) ? undefined : 'neither a script of package.json nor a program';
}

function scripts() {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
}

function isProgram(file) {
  try {
    accessSync(join(ROOT, file), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
