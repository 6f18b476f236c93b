import { readFileSync } from 'node:fs';
import { flowFiles } from './parts/flows';
import { Prefect } from './parts/prefect';
import { S3 } from './parts/s3';
import { nxJson, run, expectSuccess } from './parts/workspace';
import { temporaryWorkspaces } from './parts/workspaces';

/** Asks for a secret, and prints everything. */
const NOSY = `import os
from prefect import flow

KEY = os.environ.get("PREFECT_API_KEY", "none")


@flow(name="nosy")
def main(key: str = KEY):
    return 1


print(os.environ)
`;

describe('credentials, of a server that asks for them and of AWS', () => {
  let prefect: Prefect;
  let s3: S3;
  const workspace = temporaryWorkspaces();
  beforeAll(async () => {
    s3 = await S3.start();
    prefect = await Prefect.start({ auth: 'admin:right' });
    await prefect.createPool();
  });
  afterAll(async () => {
    s3?.stop();
    await prefect?.stop();
  });
  beforeEach(() => prefect.reset());

  it('the right ones register', async () => {
    const made = await workspace(flowFiles('good/quiet', { name: 'quiet' }));
    const ran = await made.nx(['run', 'good-quiet:register'], {
      env: { PREFECT_API_URL: prefect.apiUrl, PREFECT_API_AUTH_STRING: 'admin:right' },
    });
    expectSuccess(ran);
    expect([...(await prefect.deployments()).keys()]).toEqual(['quiet/default']);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a wrong auth string',
      { PREFECT_API_AUTH_STRING: 'admin:wrong' },
      /\/api \(from PREFECT_API_URL\) refused the credentials \(401\).*PREFECT_API_AUTH_STRING.*\[not-authorized\]/,
    ],
    [
      'a wrong API key',
      { PREFECT_API_KEY: 'pnu_wrong' },
      /refused the credentials \(401\).*PREFECT_API_KEY.*\[not-authorized\]/,
    ],
  ])('%s', async (_what, env, says) => {
    const made = await workspace(flowFiles('good/quiet', { name: 'quiet' }));
    const { code, output } = await made.nx(['run', 'good-quiet:register'], {
      env: { PREFECT_API_URL: prefect.apiUrl, ...env },
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(says);
    expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
    expect((await prefect.deployments()).size).toBe(0);
  });

  describe('with S3', () => {
    const good = () =>
      workspace({
        ...flowFiles('good/quiet', { name: 'quiet' }),
        'nx.json': nxJson({ s3Bucket: 'team-flows', awsRegion: 'eu-central-1' }),
      });
    const server = () => ({ PREFECT_API_URL: prefect.apiUrl, PREFECT_API_AUTH_STRING: 'admin:right' });

    it('a bucket that is not there', async () => {
      const { code, output } = await (
        await good()
      ).nx(['run', 'good-quiet:register'], { env: { ...server(), ...s3.env } });
      expect(code).not.toBe(0);
      expect(output).toMatch(
        new RegExp(
          'bucket does not exist: ListObjectsV2 on bucket team-flows ' +
            '\\(profile default chain, region eu-central-1\\).*\\[bucket-not-found\\]',
        ),
      );
      expect((await prefect.deployments()).size).toBe(0);
    });

    it('no AWS credentials', async () => {
      const { AWS_ENDPOINT_URL_S3 } = s3.env;
      const { code, output } = await (
        await good()
      ).nx(['run', 'good-quiet:register', '--awsProfile=staging'], {
        env: {
          ...server(),
          AWS_ENDPOINT_URL_S3: AWS_ENDPOINT_URL_S3 ?? '',
          AWS_CONFIG_FILE: '/nonexistent',
          AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        },
      });
      expect(code).not.toBe(0);
      expect(output).toMatch(
        /No AWS credentials.*bucket team-flows \(profile staging, region eu-central-1\).*\[aws-no-credentials\]/,
      );
      expect((await prefect.deployments()).size).toBe(0);
    });
  });

  it('no secret ends in the build, the cache or a log', async () => {
    const secrets = {
      PREFECT_API_KEY: 'pnu_plantedApiKey0123456789',
      AWS_SECRET_ACCESS_KEY: 'plantedSecretAccessKey0123456789',
      AWS_SESSION_TOKEN: 'plantedSessionToken0123456789',
    };
    await s3.createBucket('secret-test');
    const made = await workspace({
      ...flowFiles('good/quiet', { name: 'quiet' }),
      'flows/good/nosy/flow.py': NOSY,
      'nx.json': nxJson({ s3Bucket: 'secret-test' }),
    });
    const outputs: string[] = [];
    for (const url of [prefect.apiUrl, prefect.apiUrl.replace('http://', 'http://user:plantedPassword0123@')]) {
      const { output } = await made.nx(['run-many', '-t', 'register', '--verbose'], {
        env: { ...s3.env, ...secrets, PREFECT_API_URL: url },
      });
      outputs.push(output);
    }
    expect(outputs[0]).toContain('[not-authorized]');
    for (const secret of [...Object.values(secrets), 'plantedPassword0123']) {
      for (const output of outputs) expect(output).not.toContain(secret);
      const { output } = await run('grep', ['-rl', secret, 'dist', '.nx', '.prefect-code', 'flows'], {
        cwd: made.root,
        env: process.env,
      });
      expect(output.replace(/grep: .*\n/g, '')).toBe('');
    }
    expect(readFileSync(made.path('dist/flows/good/nosy/manifest.json'), 'utf8')).toContain('"PREFECT_API_KEY"');
  });
});
