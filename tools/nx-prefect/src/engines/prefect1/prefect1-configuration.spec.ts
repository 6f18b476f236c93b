import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Configuration } from './prefect1-configuration';

describe('Configuration', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'nx-prefect-spec-'));
    mkdirSync(join(home, '.prefect'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  const write = (file: string, text: string) => writeFileSync(join(home, '.prefect', file), text);
  const api = (env: NodeJS.ProcessEnv = {}) => new Configuration({ HOME: home, ...env }).get('cloud.api');

  // Each expected address was printed by `prefect.config.cloud.api` of 0.15.13 under the same settings.
  it.each<[string, string, string, NodeJS.ProcessEnv, string]>([
    ['nothing', '', '', {}, 'https://api.prefect.io'],
    [
      'a server in config.toml',
      'backend = "server"\n[server]\nhost = "http://prefect.lan"\nport = 4201\n',
      '',
      {},
      'http://prefect.lan:4201',
    ],
    [
      'an endpoint in config.toml',
      'backend = "server"\n[server]\nendpoint = "https://prefect.lan"\n',
      '',
      {},
      'https://prefect.lan',
    ],
    ['backend.toml over config.toml', 'backend = "cloud"\n', 'backend = "server"\n', {}, 'http://localhost:4200'],
    [
      'variables over files',
      'backend = "cloud"\n',
      'backend = "cloud"\n',
      { PREFECT__BACKEND: 'server', PREFECT__SERVER__PORT: '4300' },
      'http://localhost:4300',
    ],
    [
      'PREFECT__CLOUD__API',
      '[cloud]\napi = "http://file"\n',
      '',
      { PREFECT__CLOUD__API: 'http://variable' },
      'http://variable',
    ],
    ['variables in a file', '[cloud]\napi = "http://$TEAM.lan"\n', '', { TEAM: 'data' }, 'http://data.lan'],
    [
      "references of one's own",
      '[team]\nhost = "http://x"\n[cloud]\napi = "${team.host}/graphql"\n',
      '',
      {},
      'http://x/graphql',
    ],
  ])('finds the address: %s', (_what, config, backend, env, expected) => {
    if (config) write('config.toml', config);
    if (backend) write('backend.toml', backend);
    expect(api(env)?.text).toBe(expected);
  });

  it('says where an address comes from, and nothing for a default', () => {
    expect(api()?.from).toEqual([]);
    write('backend.toml', 'backend = "server"\n');
    expect(api({ PREFECT__SERVER__PORT: '4300' })?.from).toEqual(['~/.prefect/backend.toml', 'PREFECT__SERVER__PORT']);
  });

  it('reads another file where a variable names one, and what prefect auth login keeps', () => {
    writeFileSync(join(home, 'other.toml'), '[cloud]\napi = "http://other"\n');
    expect(api({ PREFECT__USER_CONFIG_PATH: '~/other.toml' })?.text).toBe('http://other');
    write(
      'auth.toml',
      '["api.prefect.io"]\napi_key = "key-1"\ntenant_id = "tenant-1"\n[localhost-4200]\napi_key = "key-2"\n',
    );
    const configuration = new Configuration({ HOME: home });
    expect(configuration.login('https://api.prefect.io')).toMatchObject({ apiKey: 'key-1', tenantId: 'tenant-1' });
    expect(configuration.login('http://localhost:4200')).toEqual({
      apiKey: 'key-2',
      from: join(home, '.prefect/auth.toml'),
    });
    expect(configuration.login('http://elsewhere')).toEqual({ from: join(home, '.prefect/auth.toml') });
  });

  it('says which file is no TOML', () => {
    write('config.toml', 'backend = server\n');
    expect(() => api()).toThrow(
      expect.objectContaining({ code: 'prefect-configuration', what: expect.stringContaining('config.toml') }),
    );
  });
});
