import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redact } from '../../core/errors';
import { findGraphqlConnection } from './graphql-connection';

describe('findGraphqlConnection', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    mkdirSync(join(home, '.prefect'));
  });
  afterEach(() => rmSync(home, { recursive: true }));
  const find = (env: NodeJS.ProcessEnv = {}, apiUrl?: string) => findGraphqlConnection(apiUrl, { HOME: home, ...env });

  it("prefers the option, then the configuration, and never takes what is Prefect 3's", () => {
    const env = {
      PREFECT__CLOUD__API: 'http://one/',
      PREFECT_API_URL: 'http://three/api',
      PREFECT_API_KEY: 'pnu_three',
    };
    expect(find(env, 'http://option/')).toEqual({
      apiUrl: 'http://option',
      source: 'the option apiUrl',
      backend: 'server',
    });
    expect(find(env)).toEqual({ apiUrl: 'http://one', source: 'PREFECT__CLOUD__API', backend: 'server' });
    expect(() => find({ PREFECT_API_URL: 'http://three/api' })).toThrow(expect.objectContaining({ code: 'no-server' }));
  });

  it('prefers the key of a variable to that of the login, sends a tenant with a key only, and shows no key', () => {
    writeFileSync(
      join(home, '.prefect/auth.toml'),
      '["api.prefect.io"]\napi_key = "key-of-login"\ntenant_id = "tenant-of-login"\n',
    );
    expect(find()).toEqual({
      apiUrl: 'https://api.prefect.io',
      source: "Prefect's default",
      backend: 'cloud',
      authorization: 'Bearer key-of-login',
      tenantId: 'tenant-of-login',
    });
    const env = { PREFECT__CLOUD__API_KEY: 'key-of-variable', PREFECT__CLOUD__TENANT_ID: 'tenant-2' };
    expect(find(env)).toMatchObject({ authorization: 'Bearer key-of-variable', tenantId: 'tenant-2' });
    expect(redact('a key-of-login and a key-of-variable')).toBe('a *** and a ***');
    expect(find({ PREFECT__CLOUD__TENANT_ID: 'tenant-2' }, 'http://lan')).not.toHaveProperty('tenantId');
  });

  it('takes a token of old, without a tenant', () => {
    const connection = find({ PREFECT__CLOUD__AUTH_TOKEN: 'token-of-old', PREFECT__CLOUD__TENANT_ID: 't' });
    expect(connection).toMatchObject({ authorization: 'Bearer token-of-old' });
    expect(connection).not.toHaveProperty('tenantId');
  });

  it('refuses credentials in an address, and what is no address', () => {
    expect(() => find({}, 'http://me:secret@lan')).toThrow(expect.objectContaining({ code: 'credentials-in-url' }));
    expect(() => find({ PREFECT__CLOUD__API: 'lan:4200' })).toThrow(expect.objectContaining({ code: 'no-server' }));
  });
});
