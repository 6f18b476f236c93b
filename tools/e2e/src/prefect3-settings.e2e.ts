import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Prefect3Settings, type SettingName } from '../../nx-prefect/src/engines/prefect3/prefect3-settings';
import { arranged, type Arrangement, askPrefect, type Place } from './parts/arrangements';
import { PYTHON } from './parts/workspace';

const PROFILES = 'home/.prefect/profiles.toml';
const url = (host: string) => `PREFECT_API_URL="http://${host}/api"\n`;
const profiles = (more = '', active = 'p') =>
  `active="${active}"\n[profiles.p]\n${url('p')}${more}[profiles.q]\n${url('q')}PREFECT_API_KEY="of q"\n`;
const toml = (host: string, table = '') => `[${table}api]\nurl="http://${host}/api"\n`;
const NEW = 'PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME';
const OLD = 'PREFECT_DEFAULT_WORK_POOL_NAME';

const ARRANGEMENTS: Record<string, Arrangement> = {
  nothing: {},
  'all of them': {
    env: { PREFECT_API_URL: 'http://env/api' },
    files: { 'ws/.env': url('dotenv'), 'ws/prefect.toml': toml('toml'), [PROFILES]: profiles() },
  },
  'all but the environment': {
    files: {
      'ws/.env': url('dotenv'),
      'ws/prefect.toml': `${toml('toml')}key="of toml"\n`,
      'ws/pyproject.toml': `${toml('pyproject', 'tool.prefect.')}auth_string="a:b"\n`,
      [PROFILES]: profiles('PREFECT_API_SSL_CERT_FILE="/of/profile"\n'),
    },
  },
  'an empty variable': { env: { PREFECT_API_URL: '' }, files: { [PROFILES]: profiles() } },
  'names in small letters': {
    env: { prefect_api_url: 'http://small/api' },
    files: { 'ws/.env': 'prefect_api_key=k\n' },
  },
  'references in .env': {
    env: { HOST_X: 'h' },
    files: { 'ws/.env': 'A="b"\nexport PREFECT_API_URL=http://${HOST_X}-${A}-${NONE:-x}/api # a comment\n' },
  },
  'tables of prefect.toml': {
    files: {
      'ws/prefect.toml':
        '[api]\ntls_insecure_skip_verify = true\nssl_cert_file = "/c"\n[deployments]\ndefault_work_pool_name = "t"\n' +
        '[client.custom_headers]\nA = "b"\n',
    },
  },
  'text of pyproject.toml': {
    files: { 'ws/pyproject.toml': `[tool.prefect]\napi.key = "k"\nclient.custom_headers = '{"A": "c"}'\n` },
  },
  'a profile': {
    files: { [PROFILES]: profiles(`${OLD}="pool"\nPREFECT_CLIENT_CUSTOM_HEADERS='{"A": "d"}'\n`) },
  },
  'another profile': { env: { PREFECT_PROFILE: 'q' }, files: { [PROFILES]: profiles() } },
  'a profile that is not there': { env: { PREFECT_PROFILE: 'z' }, files: { [PROFILES]: profiles() } },
  'an active profile that is not there': { files: { [PROFILES]: profiles('', 'local') } },
  'a profile of the library': { env: { PREFECT_PROFILE: 'local' } },
  'profiles elsewhere': {
    env: { PREFECT_PROFILES_PATH: '@/other.toml' },
    files: { 'other.toml': profiles('', 'q'), [PROFILES]: profiles() },
  },
  'profiles in another home': {
    env: { PREFECT_HOME: '@/other' },
    files: { 'other/profiles.toml': profiles('', 'q'), [PROFILES]: profiles() },
  },
  'profiles that .env names': {
    files: { 'ws/.env': 'PREFECT_PROFILES_PATH=@/other.toml\n', 'other.toml': profiles() },
  },
  'profiles that prefect.toml names': {
    files: { 'ws/prefect.toml': 'profiles_path="@/other.toml"\n', 'other.toml': profiles() },
  },
  'profiles that pyproject.toml names': {
    files: { 'ws/pyproject.toml': '[tool.prefect]\nprofiles_path="../other.toml"\n', 'other.toml': profiles() },
  },
  'both names of the pool': { env: { [OLD]: 'old', [NEW]: 'new' } },
  'the older name of the pool above the newer': {
    env: { [OLD]: 'old' },
    files: { 'ws/.env': `${NEW}=new\n`, [PROFILES]: profiles(`${NEW}="profile"\n`) },
  },
};

/** Files that are no TOML. */
const BROKEN = ['ws/prefect.toml', 'ws/pyproject.toml', PROFILES];

describe('the settings of Prefect 3.8.8', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-settings-')));
  const broken = Object.fromEntries(BROKEN.map((file) => [file, { files: { [file]: '[api\n' } }]));
  let places: Record<string, Place>;
  let theirs: Record<string, { error?: string; apiUrl?: string | null }>;
  beforeAll(async () => {
    places = arranged(root, { ...ARRANGEMENTS, ...broken });
    theirs = await askPrefect(PYTHON, 'prefect_settings.py', places);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(Object.keys(ARRANGEMENTS))('are those that register finds: %s', (name) => {
    const { cwd, env } = places[name]!;
    const settings = new Prefect3Settings(cwd, env);
    const found = (one: SettingName) => settings.get(one)?.text ?? null;
    expect({
      apiUrl: found('apiUrl'),
      apiKey: found('apiKey'),
      authString: found('authString'),
      certificates: found('certificates'),
      insecure: found('insecure') === 'true',
      headers: JSON.parse(found('headers') ?? '{}') as object,
      workPool: found('workPool'),
    }).toEqual({ ...theirs[name], apiUrl: theirs[name]?.apiUrl || null }); // To Prefect, too, an empty address is none.
  });

  it('say where each was found', () => {
    const { cwd, env } = places['all but the environment']!;
    const settings = new Prefect3Settings(cwd, env);
    const from = (name: SettingName) => settings.get(name)?.from.replace(dirname(cwd), '@');
    expect([from('apiUrl'), from('apiKey'), from('authString'), from('certificates')]).toEqual([
      '.env PREFECT_API_URL',
      'prefect.toml api.key',
      'pyproject.toml tool.prefect.api.auth_string',
      'the profile p of @/home/.prefect/profiles.toml, PREFECT_API_SSL_CERT_FILE',
    ]);
  });

  it.each(BROKEN)('can not be had of a %s that is no TOML', (file) => {
    const { cwd, env } = places[file]!;
    expect(() => new Prefect3Settings(cwd, env)).toThrow(/toml can't be read .*\[prefect-configuration\]/);
    expect(theirs[file]?.error).toContain('TOML');
  });
});
