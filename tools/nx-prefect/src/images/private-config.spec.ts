import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { containersAuth, createPrivateConfig, dockerConfig } from './private-config';

const HOST = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

test("takes the user's settings over, but for the registry that it logs in to", () => {
  const config = {
    auths: { 'ghcr.io': { auth: 'x' }, [`https://${HOST}/v1/`]: { auth: 'old' }, [HOST]: { auth: 'old' } },
    credHelpers: { 'gcr.io': 'gcloud', [HOST]: 'ecr-login' },
    currentContext: 'colima',
    proxies: { default: {} },
  };
  expect(dockerConfig(config, [HOST], () => true)).toEqual({
    auths: { 'ghcr.io': { auth: 'x' } },
    credHelpers: { 'gcr.io': 'gcloud', [HOST]: '' },
    currentContext: 'colima',
    proxies: { default: {} },
  });
  expect(containersAuth([{ auths: { 'quay.io': { auth: 'z' }, 'ghcr.io': { auth: 'y' } } }, config], [HOST])).toEqual({
    auths: { 'ghcr.io': { auth: 'y' }, 'quay.io': { auth: 'z' } },
    credHelpers: { 'gcr.io': 'gcloud' },
  });
});

test('a credential store serves the other registries, unless its program is missing', () => {
  expect(
    dockerConfig({ credsStore: 'desktop' }, [HOST], (helper) => helper === 'docker-credential-desktop'),
  ).toMatchObject({ credsStore: 'desktop', credHelpers: { [HOST]: '' } });
  expect(dockerConfig({ credsStore: 'desktop' }, [HOST], () => false)).not.toHaveProperty('credsStore');
});

test("is a folder for this user alone, with links to the user's plugins and contexts, and goes away", () => {
  const users = mkdtempSync(join(tmpdir(), 'docker-config-'));
  mkdirSync(join(users, 'cli-plugins'));
  mkdirSync(join(users, 'contexts', 'meta'), { recursive: true });
  writeFileSync(join(users, 'cli-plugins', 'docker-buildx'), '');
  writeFileSync(join(users, 'config.json'), '{ broken');
  for (const name of ['auth.json', 'none']) writeFileSync(join(users, name), "the user's");

  const config = createPrivateConfig([HOST], { DOCKER_CONFIG: users, PATH: '' });
  expect(config.env('docker')).toEqual({ DOCKER_CONFIG: config.folder });
  expect(config.env('podman')).toEqual({
    DOCKER_CONFIG: join(config.folder, 'none'),
    REGISTRY_AUTH_FILE: join(config.folder, 'auth.json'),
  });
  expect(statSync(config.folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(config.folder, 'config.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(config.folder, 'cli-plugins'))).toEqual(['docker-buildx']);
  expect(readdirSync(join(config.folder, 'contexts'))).toEqual(['meta']);
  writeFileSync(join(config.folder, 'digest'), 'ours');
  config.dispose();
  for (const name of ['auth.json', 'none']) expect(readFileSync(join(users, name), 'utf8')).toBe("the user's");
  expect(existsSync(config.folder)).toBe(false);
  expect(readFileSync(join(users, 'config.json'), 'utf8')).toBe('{ broken');
  expect(readdirSync(join(users, 'contexts'))).toEqual(['meta']);
  rmSync(users, { recursive: true });
});

test('finds plugins in a folder that is named from here', () => {
  const users = mkdtempSync(join(tmpdir(), 'docker-config-'));
  mkdirSync(join(users, 'cli-plugins'));
  const config = createPrivateConfig([HOST], { DOCKER_CONFIG: relative(process.cwd(), users), PATH: '' });
  expect(existsSync(join(config.folder, 'cli-plugins'))).toBe(true);
  config.dispose();
  rmSync(users, { recursive: true });
});

test('is gone when a signal ends the process, which it still does', () => {
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  const config = createPrivateConfig([HOST], { DOCKER_CONFIG: join(tmpdir(), 'no-such-folder'), PATH: '' });
  process.emit('SIGTERM', 'SIGTERM');
  expect(existsSync(config.folder)).toBe(false);
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGTERM']]);
  kill.mockRestore();
});

test('what a killed process left behind goes with the next one; what another one uses stays', () => {
  const left = (owner: object) => {
    const { folder } = createPrivateConfig([HOST], { DOCKER_CONFIG: join(tmpdir(), 'no-such-folder'), PATH: '' });
    const written = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ ...written, ...owner }));
    return folder;
  };
  const folders = [left({ start: 'long ago' }), left({ pid: 2 ** 30 }), left({}), left({ place: 'elsewhere', pid: 1 })];
  const config = createPrivateConfig([HOST], { DOCKER_CONFIG: join(tmpdir(), 'no-such-folder'), PATH: '' });
  expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, true, true]);
  config.dispose();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
