import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectPackageManager, type PackageManager } from '@nx/devkit';
import { execa } from 'execa';
import { FlowError } from '../../core/errors';
import { PACKAGE_ROOT } from '../../core/package-root';

interface Words {
  /** The lock file that an installation makes. */
  lock: string;
  /** To run an installed program. */
  exec: string;
  /** To add packages. */
  add: string;
  /** Lines that install what the lock file names, on a machine that has Node and nothing else. */
  frozenInstall: string[];
}

const MANAGERS: Record<PackageManager, Words> = {
  npm: { lock: 'package-lock.json', exec: 'npx', add: 'npm install --save-dev', frozenInstall: ['npm ci'] },
  pnpm: {
    lock: 'pnpm-lock.yaml',
    exec: 'pnpm exec',
    add: 'pnpm add --save-dev',
    frozenInstall: ['npm install --global pnpm', 'pnpm install --frozen-lockfile'],
  },
  yarn: {
    lock: 'yarn.lock',
    exec: 'yarn',
    add: 'yarn add --dev',
    frozenInstall: ['npm install --global yarn', 'yarn install --frozen-lockfile'],
  },
  bun: {
    lock: 'bun.lock',
    exec: 'bunx',
    add: 'bun add --dev',
    frozenInstall: ['npm install --global bun', 'bun install --frozen-lockfile'],
  },
};

/** The package manager of a repository: by its lock file, else the one that runs this command. */
export class Packages {
  readonly manager: PackageManager;
  readonly words: Words;

  constructor(
    private readonly workspaceRoot: string,
    env: NodeJS.ProcessEnv,
  ) {
    const [running = ''] = (env['npm_config_user_agent'] ?? '').split('/');
    const hasLock = Object.values(MANAGERS).some(({ lock }) => existsSync(join(workspaceRoot, lock)));
    this.manager = !hasLock && running in MANAGERS ? (running as PackageManager) : detectPackageManager(workspaceRoot);
    this.words = MANAGERS[this.manager];
  }

  /** The command with which a user adds packages. */
  addCommand(versions: Record<string, string>): string {
    const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
    return [this.words.add, ...packages].join(' ');
  }

  /** @throws FlowError `not-installed` */
  async install(): Promise<void> {
    try {
      await execa(this.manager, ['install'], { cwd: this.workspaceRoot, stdin: 'ignore', preferLocal: false });
    } catch (cause) {
      throw new FlowError({
        code: 'not-installed',
        what: `${this.manager} install failed.`,
        next: `Run it in this folder to see why, then: ${this.words.exec} nx run-many -t plan`,
        cause,
      });
    }
  }
}

/** Whether Nx and this plugin can be loaded from a folder. */
export function isInstalled(workspaceRoot: string): boolean {
  return ['nx', 'nx-prefect'].every((name) => existsSync(join(workspaceRoot, 'node_modules', name, 'package.json')));
}

/**
 * What a new package.json asks for: Nx of the major that runs this command, and this plugin.
 * @param plugin version, tarball or address; the version that runs, unless told
 */
export function wantedPackages(plugin: string | undefined): Record<string, string> {
  const range = `^${versionOf(require.resolve('nx/package.json')).split('.')[0]}.0.0`;
  const own = plugin ?? `^${versionOf(join(PACKAGE_ROOT, 'package.json'))}`;
  return { '@nx/devkit': range, nx: range, 'nx-prefect': own };
}

function versionOf(packageJson: string): string {
  return (JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string }).version;
}
