import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { detectPackageManager, getPackageManagerCommand, type PackageManager } from '@nx/devkit';
import { execa } from 'execa';
import { FlowError } from '../../core/errors';
import { PACKAGE_ROOT } from '../../core/package-root';

const LOCKS: Record<PackageManager, string> = {
  npm: 'package-lock.json',
  pnpm: 'pnpm-lock.yaml',
  yarn: 'yarn.lock',
  bun: 'bun.lock',
};

/** The package manager of a repository: by its lock file, else the one that runs this command. */
export class Packages {
  readonly manager: PackageManager;

  constructor(
    private readonly workspaceRoot: string,
    env: NodeJS.ProcessEnv,
  ) {
    const [running = ''] = (env['npm_config_user_agent'] ?? '').split('/');
    const hasLock = Object.values(LOCKS).some((file) => existsSync(join(workspaceRoot, file)));
    this.manager = !hasLock && running in LOCKS ? (running as PackageManager) : detectPackageManager(workspaceRoot);
  }

  /** The lock file that an installation makes, relative to the workspace root. */
  get lock(): string {
    return LOCKS[this.manager];
  }

  /** `pnpm exec`, to run an installed program. */
  get exec(): string {
    return getPackageManagerCommand(this.manager, this.workspaceRoot).exec;
  }

  /** The command with which a user adds packages. */
  addCommand(versions: Record<string, string>): string {
    const { addDev } = getPackageManagerCommand(this.manager, this.workspaceRoot);
    return `${addDev} ${Object.entries(versions)
      .map(([name, version]) => `${name}@${version}`)
      .join(' ')}`;
  }

  /** @throws FlowError `not-installed` */
  async install(): Promise<void> {
    try {
      await execa(this.manager, ['install'], { cwd: this.workspaceRoot, stdin: 'ignore', preferLocal: false });
    } catch (cause) {
      throw new FlowError({
        code: 'not-installed',
        what: `${this.manager} install failed.`,
        next: `Run it in this folder to see why, then: ${this.exec} nx run-many -t plan`,
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
