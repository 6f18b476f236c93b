import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pypiPeer } from '../../peers';
import { projectEdges } from '../edges';
import type { Contestant } from '../contestant';
import { requirements } from '../packages';
import type { Plan } from '../plan';

/** The last that is on PyPI; newer ones come through a launcher that downloads them from elsewhere. */
const VERSION = '2.17.1';

const CONFIG = `[GLOBAL]
pants_version = "${VERSION}"
backend_packages = ["pants.backend.python"]
local_store_dir = "%(buildroot)s/.pants.store"
pants_workdir = "%(buildroot)s/.pants.d"
watch_filesystem = true
[anonymous-telemetry]
enabled = false
[python]
interpreter_constraints = ["CPython>=3.7"]
[python-infer]
use_rust_parser = true
ambiguity_resolution = "by_source_root"
unowned_dependency_behavior = "ignore"
[source]
root_patterns = ["/", "/flows/*/*", "/libs", "/libs/*/src"]
`;

interface Target {
  address: string;
  target_type: string;
  dependencies?: string[];
}

export const pants: Contestant = {
  name: 'Pants',
  what: `${VERSION}, \`pants dependencies ::\` with its daemon and its Rust parser, a BUILD file in each project`,
  install: program,
  prepare: ({ flows, libs }) => ({
    'pants.toml': CONFIG,
    'requirements.txt': requirements(),
    BUILD: 'python_requirements(name="packages")\n',
    ...Object.fromEntries(
      [...flows, ...libs].map(({ root }) => [`${root}/BUILD`, 'python_sources(sources=["**/*.py"])\n']),
    ),
  }),
  forget(root) {
    stopDaemon(root);
    for (const folder of ['.pants.d', '.pants.store', '.pids'])
      rmSync(join(root, folder), { recursive: true, force: true });
  },
  command: () => [program(), 'dependencies', '::'],
  foundIsSlow: true,
  async found(plan, root) {
    const targets = JSON.parse(
      execFileSync(program(), ['peek', '::'], {
        cwd: root,
        encoding: 'utf8',
        maxBuffer: 2 ** 30,
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as Target[];
    const edges = targets
      .filter(({ target_type }) => target_type === 'python_source')
      .flatMap(({ address, dependencies = [] }) => dependencies.map((to) => [fileOf(address), fileOf(to)] as const));
    return { projects: projectEdges(edges, plan), packages: packageEdges(edges, plan) };
  },
  stop: stopDaemon,
};

function program(): string {
  return join(pypiPeer('pantsbuild.pants', VERSION, ['python3.9', 'python3.8', 'python3.7']), 'bin', 'pants');
}

/** `flows/p/f/steps/load.py:../f` is the file's, whose target is defined in a folder above. */
function fileOf(address: string): string {
  return address.startsWith('//') ? address : address.split(':', 1)[0]!;
}

function packageEdges(edges: readonly (readonly [string, string])[], { flows, libs }: Plan): Set<string> {
  const owners = [...flows, ...libs];
  const byRoot = new Map(owners.map(({ root, name }) => [root, name]));
  const found = new Set<string>();
  for (const [from, to] of edges) {
    const [, distribution] = /^\/\/:packages#(.+)$/.exec(to) ?? [];
    if (distribution === undefined) continue;
    for (let at = from.lastIndexOf('/'); at > 0; at = from.lastIndexOf('/', at - 1)) {
      const name = byRoot.get(from.slice(0, at));
      if (name !== undefined) found.add(`${name} -> ${distribution}`);
    }
  }
  return found;
}

function stopDaemon(root: string): void {
  let folders: string[] = [];
  try {
    folders = readdirSync(join(root, '.pids')).map((folder) => join(root, '.pids', folder, 'pantsd', 'pid'));
  } catch {
    return; // never started
  }
  for (const file of folders) {
    try {
      process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}
