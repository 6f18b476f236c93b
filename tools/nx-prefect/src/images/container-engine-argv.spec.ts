import type { Engine } from './container-engine';
import { type BuildRequest, buildArgv, layerCache, loginArgv, pushArgv } from './container-engine-argv';

const docker: Engine = { name: 'docker', version: '28', builder: 'buildx' };
const buildkit: Engine = { name: 'docker', version: '20', builder: 'buildkit' };
const podman: Engine = { name: 'podman', version: '4' };

const request: BuildRequest = {
  dockerfile: '/w/Dockerfile',
  context: '/w',
  ignoreFile: '/w/.dockerignore',
  references: ['r/team:latest', 'r/team:nx-1'],
  platforms: ['linux/amd64'],
  buildArgs: { PYTHON_VERSION: '3.11' },
  buildContexts: { shared: '/w/libs/shared' },
  labels: { team: 'data' },
  secrets: { pip: { env: 'PIP_TOKEN' }, netrc: { file: '/home/me/.netrc' } },
  ssh: ['default'],
  target: 'last',
  cacheFrom: ['type=registry,ref=r/cache'],
  cacheTo: ['type=inline'],
  args: ['--network=none'],
  force: true,
  sbom: undefined,
  provenance: undefined,
  isPushed: false,
};
const rest = ['--build-arg', 'PYTHON_VERSION=3.11'];
const NOTHING_MORE = {
  buildContexts: {},
  labels: {},
  ssh: [],
  secrets: {},
  cacheFrom: [],
  cacheTo: [],
  args: [],
  force: false,
  target: undefined,
};

test('docker with buildx', () => {
  expect(buildArgv(docker, request)).toEqual([
    'buildx',
    'build',
    '--file',
    '/w/Dockerfile',
    '--load',
    '--tag',
    'r/team:latest',
    '--tag',
    'r/team:nx-1',
    '--platform',
    'linux/amd64',
    ...rest,
    '--build-context',
    'shared=/w/libs/shared',
    '--label',
    'team=data',
    '--ssh',
    'default',
    '--no-cache',
    '--secret',
    'id=pip,env=PIP_TOKEN',
    '--secret',
    'id=netrc,src=/home/me/.netrc',
    '--target',
    'last',
    '--cache-from',
    'type=registry,ref=r/cache',
    '--cache-to',
    'type=inline',
    '--network=none',
    '/w',
  ]);
});

test('docker with buildx pushes as it builds what its own store may not hold', () => {
  const argv = buildArgv(docker, { ...request, isPushed: true, sbom: true, provenance: 'max' });
  expect(argv.join(' ')).toContain('--push --sbom=true --provenance=mode=max --tag r/team:latest');
  expect(argv).not.toContain('--load');
  expect(buildArgv(docker, { ...request, isPushed: true, sbom: 'r/scanner:1' })).toContain(
    '--sbom=generator=r/scanner:1',
  );
});

test('docker before buildx', () => {
  expect(buildArgv(buildkit, { ...request, ...NOTHING_MORE })).toEqual([
    'build',
    '--file',
    '/w/Dockerfile',
    '--tag',
    'r/team:latest',
    '--tag',
    'r/team:nx-1',
    '--platform',
    'linux/amd64',
    ...rest,
    '/w',
  ]);
});

test('podman and buildah: the ignore file is named, secrets of the environment differ, platforms make a list', () => {
  const argv = buildArgv(podman, { ...request, platforms: ['linux/amd64', 'linux/arm64'] }).join(' ');
  expect(argv).toContain('build --file /w/Dockerfile --manifest r/team:latest --platform linux/amd64,linux/arm64');
  expect(argv).toContain('--secret id=pip,src=PIP_TOKEN,type=env --secret id=netrc,src=/home/me/.netrc');
  expect(argv).toContain('--ignorefile /w/.dockerignore');
});

test('the password is not among the arguments of a login', () => {
  expect(loginArgv('AWS', 'r')).toEqual(['login', '--username', 'AWS', '--password-stdin', 'r']);
});

test('a push', () => {
  const how = { isList: false, from: 'r/team:nx-1' };
  for (const engine of [docker, podman])
    expect(pushArgv(engine, 'r/team:latest', how)).toEqual(['push', 'r/team:latest']);
  expect(pushArgv(podman, 'r/team:latest', { ...how, isList: true })).toEqual([
    'manifest',
    'push',
    '--all',
    'r/team:nx-1',
    'docker://r/team:latest',
  ]);
});

test('layers in a repository', () => {
  expect(layerCache(podman, 'r/team/cache')).toEqual({ from: ['r/team/cache'], to: ['r/team/cache'] });
  expect(layerCache(docker, 'r/team/cache')).toEqual({
    from: ['type=registry,ref=r/team/cache:layers'],
    to: ['type=registry,ref=r/team/cache:layers,mode=max,image-manifest=true,oci-mediatypes=true'],
  });
  const buildah: Engine = { name: 'buildah', version: '1' };
  expect(buildArgv(buildah, request)).toContain('--layers');
  expect(buildArgv(buildah, { ...request, ...NOTHING_MORE })).not.toContain('--layers');
});
