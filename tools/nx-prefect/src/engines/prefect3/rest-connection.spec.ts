import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Prefect3Settings } from './prefect3-settings';
import { deploymentPage, findConnection as findWith } from './rest-connection';

const findConnection = (root: string, apiUrl: string | undefined, env: NodeJS.ProcessEnv) =>
  findWith(root, apiUrl, new Prefect3Settings(root, { HOME: '/nowhere', ...env }));

describe('findConnection', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    mkdirSync(join(root, '.prefect-server'));
    writeFileSync(join(root, '.prefect-server/server.json'), '{"apiUrl": "http://127.0.0.1:4201/api"}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('prefers the option, then the environment, then the local server', () => {
    const env = { PREFECT_API_URL: 'https://env/api' };
    expect(findConnection(root, 'https://option/api/', env)).toEqual({
      apiUrl: 'https://option/api',
      source: 'the option apiUrl',
    });
    expect(findConnection(root, undefined, env)).toEqual({ apiUrl: 'https://env/api', source: 'PREFECT_API_URL' });
    expect(findConnection(root, undefined, {})).toEqual({
      apiUrl: 'http://127.0.0.1:4201/api',
      source: '.prefect-server/server.json',
    });
  });

  it('says what to do when nothing names a server', () => {
    expect(() => findConnection(join(root, 'nowhere'), undefined, {})).toThrow(
      expect.objectContaining({ code: 'no-server' }),
    );
  });

  it('names a profile that does not exist', () => {
    const nowhere = join(root, 'nowhere');
    const profiles = join(root, 'profiles.toml');
    const env = { PREFECT_PROFILES_PATH: profiles, PREFECT_PROFILE: 'prod' };
    expect(() => findConnection(nowhere, undefined, env)).toThrow(
      `${profiles} is not there, so there is no profile "prod", which PREFECT_PROFILE names.`,
    );
    writeFileSync(profiles, 'active = "dev"\n[profiles.stage]\n');
    expect(() => findConnection(nowhere, undefined, env)).toThrow(`${profiles} has no profile "prod", which PREFECT`);
    expect(() => findConnection(nowhere, undefined, { PREFECT_PROFILES_PATH: profiles })).toThrow(
      `${profiles} has no profile "dev", which it names as active.`,
    );
    expect(() =>
      findConnection(nowhere, undefined, { PREFECT_PROFILES_PATH: profiles, PREFECT_PROFILE: 'stage' }),
    ).toThrow(/active profile\. /);
  });

  it('proves who it is as Prefect does', () => {
    expect(
      findConnection(root, 'https://x/api', { PREFECT_API_KEY: 'pnu_1', PREFECT_API_AUTH_STRING: 'a:b' }).authorization,
    ).toBe('Basic YTpi');
    expect(findConnection(root, 'https://x/api', { PREFECT_API_KEY: 'pnu_1' }).authorization).toBe('Bearer pnu_1');
  });
});

describe('what the environment says of the way', () => {
  const find = (env: NodeJS.ProcessEnv, url = 'https://x/api') => findConnection('/nowhere', url, env);

  it("takes Prefect's headers and its word on certificates", () => {
    const env = {
      PREFECT_CLIENT_CUSTOM_HEADERS: '{"X-Team": "data"}',
      PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'true',
    };
    expect(find(env)).toMatchObject({ headers: { 'X-Team': 'data' }, isInsecure: true });
    expect(find({ PREFECT_API_TLS_INSECURE_SKIP_VERIFY: 'false' })).toEqual({
      apiUrl: 'https://x/api',
      source: 'the option apiUrl',
    });
    for (const wrong of ['no JSON', '[1]', '{"a": 1}', '{"a b": "c"}', 'null'])
      expect(() => find({ PREFECT_CLIENT_CUSTOM_HEADERS: wrong })).toThrow(/CUSTOM_HEADERS .*\[bad-variable\]/);
  });

  it('refuses what is no address, and names npm start only where it is', () => {
    for (const wrong of ['nonsense', 'ftp://x/api', 'http://'])
      expect(() => find({}, wrong)).toThrow(/is not right: .*\[no-server\]/);
    expect(() => find({}, 'HTTPS://user:password@x/api')).toThrow(/\[credentials-in-url\]/);
    expect(() => findConnection('/nowhere', undefined, {})).toThrow(/^((?!npm start).)*\[no-server\]$/);
  });
});

describe('deploymentPage', () => {
  it.each([
    ['http://127.0.0.1:4200/api', 'http://127.0.0.1:4200/deployments/deployment/id'],
    [
      'https://api.prefect.cloud/api/accounts/a/workspaces/w',
      'https://app.prefect.cloud/account/a/workspace/w/deployments/deployment/id',
    ],
  ])('of %s', (apiUrl, page) => {
    expect(deploymentPage(apiUrl, 'id')).toBe(page);
  });
});
