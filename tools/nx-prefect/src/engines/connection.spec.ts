import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deploymentPage, findConnection } from './connection';

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

  it('proves who it is as Prefect does', () => {
    expect(
      findConnection(root, 'https://x/api', { PREFECT_API_KEY: 'pnu_1', PREFECT_API_AUTH_STRING: 'a:b' }).authorization,
    ).toBe('Bearer pnu_1');
    expect(findConnection(root, 'https://x/api', { PREFECT_API_AUTH_STRING: 'a:b' }).authorization).toBe('Basic YTpi');
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
