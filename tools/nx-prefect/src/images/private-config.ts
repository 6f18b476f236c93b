import { cpSync, existsSync, readdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { findOnPath } from '../core/find-on-path';
import { readJsonIfThere } from '../core/read-file';
import type { EngineName } from './container-engine';
import { OWNER, removeFolder, temporaryFolder } from './temporary-folder';
import { writeWhole } from '../core/write-file';

/** A folder of credentials for one deploy. */
export interface PrivateConfig {
  folder: string;
  /** With these an engine's command reads and writes there. */
  env(engine: EngineName): Record<string, string>;
  dispose(): void;
}

/** What is written here: a link of one of these names would lead the writing to the user's file. */
const OWN = new Set([OWNER, 'config.json', 'auth.json', 'none']);

type Config = {
  auths?: Record<string, unknown>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
  [key: string]: unknown;
};

/**
 * Logins at the same time into one file lose each other's entries, with exit code 0. So each deploy has a file of its
 * own, and the user's is read only: their base images' registries, contexts, plugins and builders stay usable, and
 * their credential stores see no token of ours.
 *
 * @param hosts the registries that this deploy logs in to
 */
export function createPrivateConfig(hosts: readonly string[], env: NodeJS.ProcessEnv = process.env): PrivateConfig {
  const folder = temporaryFolder();
  const users = resolve(env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'));
  const docker = join(folder, 'config.json');
  write(
    docker,
    dockerConfig(
      read(join(users, 'config.json')),
      hosts,
      (helper) => findOnPath([helper], env['PATH'] ?? '') !== undefined,
    ),
  );
  for (const name of list(users)) if (!OWN.has(name)) borrow(join(users, name), join(folder, name));

  const containers = join(folder, 'auth.json');
  write(containers, containersAuth(userAuthFiles(env, users).map(read), hosts));
  return {
    folder,
    // podman and buildah read docker's file besides their own, and take an empty helper for a program.
    env: (engine) =>
      engine === 'docker'
        ? { DOCKER_CONFIG: folder }
        : { DOCKER_CONFIG: join(folder, 'none'), REGISTRY_AUTH_FILE: containers },
    dispose: () => removeFolder(folder),
  };
}

/**
 * An empty helper for a registry sends docker to the file for it, past the user's credential store, which serves the
 * others.
 */
export function dockerConfig(
  { auths = {}, credHelpers = {}, credsStore, ...rest }: Config,
  hosts: readonly string[],
  isThere: (helper: string) => boolean,
): Config {
  const helpers = Object.entries(credHelpers).filter(([registry]) => !hosts.includes(registry));
  const store = credsStore !== undefined && isThere(`docker-credential-${credsStore}`) ? { credsStore } : {};
  return {
    ...rest,
    ...store,
    auths: without(auths, hosts),
    credHelpers: Object.fromEntries([...helpers, ...hosts.map((host) => [host, ''])]) as Record<string, string>,
  };
}

/** The file of podman and buildah, from those of the user: an earlier one stands above a later one. */
export function containersAuth(files: readonly Config[], hosts: readonly string[]): Config {
  const all = (field: 'auths' | 'credHelpers') =>
    Object.assign({}, ...files.map((file) => file[field]).toReversed()) as Record<string, string>;
  return { auths: without(all('auths'), hosts), credHelpers: without(all('credHelpers'), hosts) };
}

function without<T>(entries: Record<string, T>, hosts: readonly string[]): Record<string, T> {
  const hostOf = (registry: string) => registry.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return Object.fromEntries(Object.entries(entries).filter(([registry]) => !hosts.includes(hostOf(registry))));
}

/** In the order of containers-auth.json(5). */
function userAuthFiles(env: NodeJS.ProcessEnv, dockerFolder: string): string[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  const files = [
    env['REGISTRY_AUTH_FILE'],
    runtime && join(runtime, 'containers', 'auth.json'),
    join(homedir(), '.config', 'containers', 'auth.json'),
    join(dockerFolder, 'config.json'),
  ];
  return files.filter((file): file is string => Boolean(file));
}

/** Empty where there is none, and for one that docker itself does not take either. */
function read(file: string): Config {
  return (readJsonIfThere(file) ?? {}) as Config;
}

function write(file: string, config: Config): void {
  writeWhole(file, JSON.stringify(config), { mode: 0o600 });
}

/** A link, or a copy where this user may not make links: on Windows. */
function borrow(from: string, to: string): void {
  try {
    symlinkSync(from, to);
  } catch {
    cpSync(from, to, { recursive: true });
  }
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
