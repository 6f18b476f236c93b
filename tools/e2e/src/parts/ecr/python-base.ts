import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { PYTHON } from '../workspace';

/**
 * A root file system with this machine's own Python, pip, useradd and a shell in it: what a Dockerfile may expect of
 * python:slim, made in seconds and without a registry.
 *
 * @param folder for the files; @returns the tar file, and the PATH inside
 */
export function pythonBase(folder: string): { tar: string; path: string } {
  const prefix = ask(PYTHON, '-c', 'import sys; print(sys.base_prefix)');
  const version = ask(PYTHON, '-c', 'import sys; print("python%d.%d" % sys.version_info[:2])');
  const library = join(prefix, 'lib', version);
  const programs = [join(prefix, 'bin', version), '/usr/sbin/useradd'];
  const extensions = readdirSync(join(library, 'lib-dynload')).map((name) => join(library, 'lib-dynload', name));
  // What packages bring along themselves comes with their wheels.
  const libraries = new Set([
    ...linked([...programs, ...extensions]),
    ...linked(modules()).filter((path) => !path.includes('site-packages')),
  ]);

  const rootfs = join(folder, 'python-base');
  for (const name of ['bin', 'etc', 'tmp', 'root', 'home']) mkdirSync(join(rootfs, name), { recursive: true });
  writeFileSync(join(rootfs, 'bin', 'busybox'), readFileSync('/bin/busybox'), { mode: 0o755 });
  for (const name of ['sh', 'id', 'mkdir']) symlinkSync('busybox', join(rootfs, 'bin', name));
  symlinkSync(join(prefix, 'bin', version), join(rootfs, 'bin', 'python3'));
  writeFileSync(join(rootfs, 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(join(rootfs, 'etc', 'group'), 'root:x:0:\n');

  const tar = join(folder, 'python-base.tar');
  const left = ['site-packages', 'test', '__pycache__', 'config-*', 'idlelib', 'turtledemo'].map(
    (name) => `--exclude=${relative('/', library)}/${name}`,
  );
  const pip = relative('/', join(library, 'site-packages', 'pip'));
  execFileSync('tar', ['--create', `--file=${tar}`, '--directory', rootfs, '.']);
  execFileSync('tar', [
    '--append',
    '--dereference',
    `--file=${tar}`,
    '--directory=/',
    ...left,
    ...[...programs, ...libraries, library].map((path) => relative('/', path)),
  ]);
  execFileSync('tar', ['--append', '--dereference', `--file=${tar}`, '--directory=/', pip]);
  return { tar, path: `${join(prefix, 'bin')}:/bin:/usr/sbin` };
}

/** Downloads the wheels that the requirements pin: all of them, so pip need not look for more. */
export function wheels(requirements: string, folder: string): void {
  const python = join(ask(PYTHON, '-c', 'import sys; print(sys.base_prefix)'), 'bin', 'python3');
  execFileSync(
    python,
    [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
      '--require-hashes',
      '--requirement',
      requirements,
      '--dest',
      folder,
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
}

/** The libraries of the system that programs and modules are linked with. */
function linked(files: string[]): string[] {
  return [...ask('ldd', ...files).matchAll(/ => (\/\S+) \(0x|^\s+(\/\S+) \(0x/gm)].map(
    ([, path, loader]) => path ?? loader ?? '',
  );
}

/** The compiled modules of the lock's packages, which find in python:slim what every Debian has. */
function modules(): string[] {
  const packages = ask(PYTHON, '-c', 'import sysconfig; print(sysconfig.get_path("platlib"))');
  return readdirSync(packages, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.so(\.|$)/.test(path))
    .map((path) => join(packages, path));
}

function ask(program: string, ...args: string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 }).trim();
}
