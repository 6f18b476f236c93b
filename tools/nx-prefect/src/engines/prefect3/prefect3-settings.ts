import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { isObject } from '../../core/is-object';
import { readTextIfThere } from '../../core/read-file';
import { readPrefectToml } from '../prefect-toml';

/** Prefect's settings that are read here: place in its TOML files, and names, the one that wins first. */
const SETTINGS = {
  apiUrl: [['api', 'url'], ['PREFECT_API_URL']],
  apiKey: [['api', 'key'], ['PREFECT_API_KEY']],
  authString: [['api', 'auth_string'], ['PREFECT_API_AUTH_STRING']],
  insecure: [['api', 'tls_insecure_skip_verify'], ['PREFECT_API_TLS_INSECURE_SKIP_VERIFY']],
  certificates: [['api', 'ssl_cert_file'], ['PREFECT_API_SSL_CERT_FILE']],
  headers: [['client', 'custom_headers'], ['PREFECT_CLIENT_CUSTOM_HEADERS']],
  workPool: [
    ['deployments', 'default_work_pool_name'],
    ['PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME', 'PREFECT_DEFAULT_WORK_POOL_NAME'],
  ],
} as const;

export type SettingName = keyof typeof SETTINGS;

export interface Setting {
  text: string;
  /** A variable; with a file before it where it is set there: `prefect.toml api.url`. */
  from: string;
  /** Of the user's profile, which is the same in all workspaces. */
  isOfProfile: boolean;
}

interface Source {
  /** Before the name, in {@link Setting.from}. */
  label: string;
  names: Record<string, unknown>;
  /** Nested tables, of Prefect's own TOML files. */
  tables?: Record<string, unknown>;
}

/** What Prefect itself has where there is no `profiles.toml`. */
const DEFAULT_PROFILES = {
  active: 'ephemeral',
  profiles: { ephemeral: {}, local: { PREFECT_API_URL: 'http://127.0.0.1:4200/api' }, cloud: {}, test: {} },
};

/**
 * The settings of Prefect 3 as its own client finds them (`prefect/settings/sources.py`): the environment, `.env`,
 * `prefect.toml` and `pyproject.toml` of the workspace's root, then the active profile. The first that sets one counts,
 * also with an empty text.
 */
export class Prefect3Settings {
  readonly #sources: Source[];
  readonly #profile: Source;
  /** A sentence about an active profile that does not exist. Prefect goes on without it. */
  readonly missingProfile: string | undefined;

  /** @throws FlowError `prefect-configuration` for a file that can't be read */
  constructor(workspaceRoot: string, env: NodeJS.ProcessEnv) {
    const dotEnv = interpolated(parseEnv(readTextIfThere(join(workspaceRoot, '.env')) ?? ''), env);
    const prefectToml = readToml(join(workspaceRoot, 'prefect.toml'));
    const pyproject = tableAt(readToml(join(workspaceRoot, 'pyproject.toml')), ['tool', 'prefect']);
    const profilesPath = [dotEnv['PREFECT_PROFILES_PATH'], prefectToml['profiles_path'], pyproject['profiles_path']];
    const path = profilesPath.find((one) => typeof one === 'string' && one !== '') as string | undefined;
    const { profile, missing } = profileOf(workspaceRoot, env, path);
    this.#profile = profile;
    this.missingProfile = missing;
    this.#sources = [
      { label: '', names: upperCase(env) },
      { label: '.env ', names: upperCase(dotEnv) },
      { label: 'prefect.toml ', names: {}, tables: prefectToml },
      { label: 'pyproject.toml tool.prefect.', names: {}, tables: pyproject },
      this.#profile,
    ];
  }

  /** Undefined where nothing sets it, or the first that does has an empty text. */
  get(name: SettingName): Setting | undefined {
    const [place, names] = SETTINGS[name];
    for (const source of this.#sources) {
      const { label, names: named, tables } = source;
      const found = names.find((one) => named[one] !== undefined);
      const value = found === undefined ? tables && valueAt(tables, place) : named[found];
      if (value !== undefined) {
        const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
        return text === ''
          ? undefined
          : { text, from: `${label}${found ?? place.join('.')}`, isOfProfile: source === this.#profile };
      }
    }
    return undefined;
  }
}

const read = new WeakMap<NodeJS.ProcessEnv, Prefect3Settings>();

/**
 * Read once for all flows of a run, which share one `env` of their own.
 *
 * @throws FlowError `prefect-configuration` for a file that can't be read
 */
export function settingsOf(workspaceRoot: string, env: NodeJS.ProcessEnv): Prefect3Settings {
  const known = read.get(env) ?? new Prefect3Settings(workspaceRoot, env);
  read.set(env, known);
  return known;
}

/** @param elsewhere where the workspace says that profiles are */
function profileOf(
  workspaceRoot: string,
  env: NodeJS.ProcessEnv,
  elsewhere: string | undefined,
): { profile: Source; missing: string | undefined } {
  const home = env['PREFECT_HOME'] || join(env['HOME'] ?? homedir(), '.prefect');
  const given = env['PREFECT_PROFILES_PATH'] || elsewhere;
  const file = given ? resolve(workspaceRoot, given) : join(home, 'profiles.toml');
  const isThere = readTextIfThere(file) !== undefined;
  const known: Record<string, unknown> = isThere ? readToml(file) : DEFAULT_PROFILES;
  const active = String(env['PREFECT_PROFILE'] || known['active']);
  const names = valueAt(known, ['profiles', active]);
  const named = env['PREFECT_PROFILE'] ? 'PREFECT_PROFILE names' : 'it names as active';
  const isMissing = !isObject(names) && Boolean(env['PREFECT_PROFILE'] || known['active']);
  const missing = !isMissing ? undefined : `${file} ${isThere ? 'has' : 'is not there, so there is'}`;
  return {
    profile: { label: `the profile ${active} of ${file}, `, names: tableAt(known, ['profiles', active]) },
    missing: missing && `${missing} no profile "${active}", which ${named}.`,
  };
}

/** @throws FlowError `prefect-configuration` for a file that is no TOML */
function readToml(file: string): Record<string, unknown> {
  return readPrefectToml(file, { file: basename(file), next: 'Correct the file; Prefect refuses it as well.' });
}

function valueAt(table: Record<string, unknown>, path: readonly string[]): unknown {
  return path.reduce<unknown>((so, key) => (isObject(so) ? so[key] : undefined), table);
}

function tableAt(table: Record<string, unknown>, path: readonly string[]): Record<string, unknown> {
  const value = valueAt(table, path);
  return isObject(value) ? value : {};
}

/** Prefect's names count in any case. */
function upperCase(names: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names)
      .filter(([name]) => /^prefect_/i.test(name))
      .map(([name, value]) => [name.toUpperCase(), value]),
  );
}

/** `${NAME}` and `${NAME:-default}`, as python-dotenv fills them: from the lines before, then the environment. */
function interpolated(values: NodeJS.Dict<string>, env: NodeJS.ProcessEnv): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, text = ''] of Object.entries(values))
    filled[name] = text.replace(
      /\$\{([^}:]*)(?::-([^}]*))?\}/g,
      (_, one: string, other = '') => filled[one] ?? env[one] ?? other,
    );
  return filled;
}
