import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGraphqlConnection } from '../../nx-prefect/src/engines/prefect1/graphql-connection';
import { arranged, type Arrangement, askPrefect, type Place } from './parts/arrangements';
import { describeWith, prefect1Environment, PREFECT1_VERSIONS, pythonOf } from './parts/prefect1';

const CONFIG = 'home/.prefect/config.toml';
const BACKEND = 'home/.prefect/backend.toml';
const AUTH = 'home/.prefect/auth.toml';
const SERVER = 'backend = "server"\n';
const TENANT = '00000000-0000-4000-8000-000000000001';
const auth = (...servers: string[]) =>
  servers
    .map((server, at) => `["${server}"]\napi_key = "key of ${server}"\ntenant_id = "${TENANT.slice(0, -1)}${at + 2}"\n`)
    .join('');

const ARRANGEMENTS: Record<string, Arrangement> = {
  'a server': { files: { [CONFIG]: SERVER } },
  'a login to Cloud': { files: { [AUTH]: auth('api.prefect.io', 'elsewhere') } },
  'host and port': { files: { [CONFIG]: `${SERVER}[server]\nhost = "http://prefect.lan"\nport = 4201\n` } },
  'a port as text': { files: { [CONFIG]: `${SERVER}[server]\nport = "4201"\n` } },
  'an endpoint': { files: { [CONFIG]: `${SERVER}[server]\nendpoint = "https://prefect.lan"\n` } },
  'backend.toml above config.toml': { files: { [CONFIG]: 'backend = "cloud"\n', [BACKEND]: SERVER } },
  'tables of both files': {
    files: { [CONFIG]: '[server]\nport = 1\nhost = "http://a"\n', [BACKEND]: `${SERVER}[server]\nport = 2\n` },
  },
  'variables above both files': {
    env: { PREFECT__BACKEND: 'server', PREFECT__SERVER__PORT: '4300' },
    files: { [CONFIG]: '[server]\nport = 1\n', [BACKEND]: 'backend = "cloud"\n' },
  },
  'a variable for the address': { env: { PREFECT__CLOUD__API: 'http://variable:1' }, files: { [BACKEND]: SERVER } },
  'a variable in quotes': { env: { PREFECT__CLOUD__API: '"http://quoted:1"' } },
  'a name in small letters': { env: { PREFECT__cloud__api: 'http://small:1' } },
  'variables in files': { env: { TEAM: 'data' }, files: { [CONFIG]: '[cloud]\napi = "http://$TEAM-${TEAM}.lan"\n' } },
  'variables in variables': {
    env: { TEAM: '${GROUP}', GROUP: 'data', PREFECT__CLOUD__API: 'http://$TEAM.lan' },
  },
  'a variable that is not there': { files: { [CONFIG]: '[cloud]\napi = "http://a$NOBODY.lan"\n' } },
  'references of the team': {
    files: { [CONFIG]: '[team]\nhost = "http://x"\n[cloud]\napi = "${team.host}/${team.no}"\n' },
  },
  'references to references': {
    files: { [CONFIG]: `${SERVER}[a]\nb = "\${a.c}"\nc = "\${a.d}"\nd = "h"\n[server]\nhost = "http://\${a.b}"\n` },
  },
  'files elsewhere': {
    env: { PREFECT__USER_CONFIG_PATH: '~/c.toml', PREFECT__BACKEND_CONFIG_PATH: '@/b.toml' },
    files: { 'home/c.toml': '[server]\nport = 5\n', 'b.toml': SERVER, [CONFIG]: '[server]\nport = 6\n' },
  },
  'a key and a tenant of variables': {
    env: { PREFECT__CLOUD__API_KEY: 'of variable', PREFECT__CLOUD__TENANT_ID: TENANT },
    files: { [AUTH]: auth('api.prefect.io') },
  },
  'a key of config.toml, the tenant of the login': {
    files: { [CONFIG]: '[cloud]\napi_key = "of config"\n', [AUTH]: auth('api.prefect.io') },
  },
  'a key like a number': { env: { PREFECT__CLOUD__API_KEY: '12345' } },
  'a login to a server with a port': {
    env: { PREFECT__CLOUD__API: 'http://My-Server:4200/path' },
    files: { [AUTH]: auth('my-server-4200', 'my-server') },
  },
  'another home': {
    files: { [CONFIG]: 'home_dir = "~/other"\n', 'home/other/auth.toml': auth('api.prefect.io'), [AUTH]: auth('x') },
  },
  'a home of a variable': {
    env: { PREFECT__HOME_DIR: '@/other' },
    files: { 'other/auth.toml': auth('api.prefect.io') },
  },
};

/** Before 1.0, instead of a key. */
const TOKEN = { 'a token': { env: { PREFECT__CLOUD__AUTH_TOKEN: 'token' } } };

/** Files that are no TOML. */
const BROKEN = [CONFIG, BACKEND, AUTH];

interface Found {
  apiUrl: string;
  key: unknown;
  token: unknown;
  tenant: unknown;
  backend: string;
}

for (const release of PREFECT1_VERSIONS) {
  describeWith([release], `the configuration of Prefect ${release}`, () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-settings-')));
    const broken = Object.fromEntries(BROKEN.map((file) => [file, { files: { [file]: '[api\n' } }]));
    const arrangements: Record<string, Arrangement> = { ...ARRANGEMENTS, ...(release === '0.15' ? TOKEN : {}) };
    let places: Record<string, Place>;
    let theirs: Record<string, Found & { error?: string }>;
    beforeAll(async () => {
      places = arranged(root, { ...arrangements, ...broken });
      theirs = await askPrefect<Found>(pythonOf(prefect1Environment(release)), 'prefect1_settings.py', places);
    });
    afterAll(() => rmSync(root, { recursive: true, force: true }));

    it.each(Object.keys(arrangements))('is the one that register finds: %s', (name) => {
      const { apiUrl, key, token, tenant, backend } = theirs[name]!;
      const bearer = key ?? token;
      expect(findGraphqlConnection(undefined, places[name]!.env)).toEqual({
        apiUrl: apiUrl.replace(/\/+$/, ''),
        source: expect.any(String),
        backend: bearer ? backend : 'server',
        ...(bearer ? { authorization: `Bearer ${String(bearer)}` } : {}),
        ...(key && tenant ? { tenantId: String(tenant) } : {}),
      });
    });

    it.each(BROKEN)('can not be had of a %s that is no TOML', (file) => {
      expect(() => findGraphqlConnection('http://server', places[file]!.env)).toThrow(
        /toml can't be read .*\[prefect-conf/,
      );
      expect(theirs[file]?.error).toContain('Toml');
    });
  });
}
