import { beganToPush, buildError, pushError, pushFailure } from './container-engine-failures';

test.each([
  ['denied: Your authorization token has expired. Reauthenticate and try again.', 'expired'],
  [
    "denied: Your Authorization Token has expired. Please run 'aws ecr get-login-password' to fetch a new one.",
    'expired',
  ],
  ['received unexpected HTTP status: 500 Internal Server Error', 'passing'],
  ['write tcp 10.0.0.1:5->10.0.0.2:443: write: connection reset by peer', 'passing'],
  ['Put "https://r/v2/": EOF', 'passing'],
  ['net/http: TLS handshake timeout', 'passing'],
  ['toomanyrequests: Rate exceeded', 'passing'],
  ['denied: Rate exceeded', 'passing'],
  ['received unexpected HTTP status: 429 Too Many Requests', 'passing'],
  [
    "tag invalid: The image tag 'latest' already exists in the 'team' repository " +
      'and cannot be overwritten because the repository is immutable.',
    'lasting',
  ],
  ["name unknown: The repository with name 'team' does not exist in the registry with id '123456789012'", 'lasting'],
  ['denied: User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:InitiateLayerUpload', 'lasting'],
  ['no basic auth credentials', 'lasting'],
  ['something that nobody has seen', 'lasting'],
])('%s is %s', (output, expected) => expect(pushFailure(output)).toBe(expected));

const run = (output: string) => ({ ok: false, output, exitCode: 1 });

test.each([
  ['tag invalid: ... immutable', 'image-tag-immutable'],
  ['denied: not authorized', 'push-denied'],
  ['name unknown: the repository does not exist', 'no-repository'],
  ['write /var/lib/docker/tmp: no space left on device', 'disk-full'],
  ['EOF', 'push-failed'],
])('a push that ends with "%s" is %s', (output, code) => {
  expect(pushError(run(output), { project: 'worker', reference: 'r/team:latest' })).toMatchObject({ code });
});

test('a build that fails names its Dockerfile and the line that says why', () => {
  const { message } = buildError(run('#5 ERROR: boom\nprocess did not complete: exit code: 3\n'), {
    project: 'worker',
    file: 'images/worker/Dockerfile',
  });
  expect(message).toContain(
    'worker images/worker/Dockerfile: The image could not be built (exit code 1): #5 ERROR: boom',
  );
});

test.each([
  ['#7 ERROR: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3', false],
  ['#9 pushing layers\n#9 ERROR: failed to push r/team:latest: unexpected status: 500', true],
  ['#9 pushing manifest for r/team:latest@sha256:0 0.1s done', true],
])('of buildx, which pushes as it builds: %s', (output, expected) => expect(beganToPush(output)).toBe(expected));
