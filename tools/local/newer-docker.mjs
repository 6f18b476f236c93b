// `node tools/local/newer-docker.mjs`: Debian's newest docker with buildx, unpacked into tools/e2e/.newer-docker beside
// the one that is installed, for the tests that run with both. Where it can't be had, those tests are left out.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from './command.mjs';
import { ROOT } from './install.mjs';
import { progress } from './say.mjs';

const FOLDER = join(ROOT, 'tools', 'e2e', '.newer-docker');
/** runc is the machine's own: Debian's newest needs a newer C library. */
const PACKAGES = ['docker.io', 'docker-cli', 'docker-buildx', 'containerd'];
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

if (!existsSync(FOLDER)) {
  const shown = progress('A newer docker');
  const work = mkdtempSync(`${FOLDER}-`);
  try {
    await unpack(work);
    renameSync(join(work, 'root'), FOLDER);
    shown.done();
  } catch (error) {
    shown.done(`left out, ${error.message}`);
  }
  rmSync(work, { recursive: true, force: true });
}

async function unpack(work) {
  const site = (await run('apt-get', 'indextargets', '--format', '$(SITE)', 'Created-By: Packages', 'Origin: Debian'))
    .split('\n')
    .at(0);
  for (const folder of ['lists/partial', 'cache/archives/partial', 'packages', 'root'])
    mkdirSync(join(work, folder), { recursive: true });
  writeFileSync(join(work, 'sources.list'), `deb [signed-by=${KEYS}] ${site} sid main\n`);
  const settings = {
    'Dir::Etc::SourceList': join(work, 'sources.list'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    // Of the lists, only that of packages.
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', ...options, '--quiet', 'update');
  const packages = join(work, 'packages');
  await run({ cwd: packages }, 'apt-get', ...options, '--quiet', 'download', ...PACKAGES);
  const root = join(work, 'root');
  for (const file of readdirSync(packages)) await run('dpkg-deb', '--extract', join(packages, file), root);
  // Whether it runs with this machine's libraries.
  await run(join(root, 'usr/sbin/dockerd'), '--version');
  await run(join(root, 'usr/libexec/docker/cli-plugins/docker-buildx'), 'version');
}

async function run(...words) {
  const options = typeof words[0] === 'object' ? words.shift() : {};
  const { code, stdout, stderr } = await capture(words, options);
  if (code !== 0) throw new Error(`${words[0]} failed: ${stderr.trim().split('\n').at(-1) ?? 'it is not there'}`);
  return stdout.trim();
}
