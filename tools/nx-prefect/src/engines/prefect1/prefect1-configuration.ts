import { homedir } from 'node:os';
import { join } from 'node:path';
import { readPrefectToml } from '../prefect-toml';

/** What Prefect 0.15's own `config.toml` says of the keys that are read here. */
const DEFAULTS: Record<string, string> = {
  home_dir: '~/.prefect',
  backend: 'cloud',
  'server.host': 'http://localhost',
  'server.port': '4200',
  'server.endpoint': '${server.host}:${server.port}',
  'cloud.endpoint': 'https://api.prefect.io',
  'cloud.api': '${${backend}.endpoint}',
};

interface Setting {
  text: string;
  /** A file, or an environment variable; absent for a default. */
  from?: string;
}

/** A setting with all references filled in. */
export interface Resolved {
  text: string;
  /** Where it and what it refers to were set, but for defaults. */
  from: string[];
}

/**
 * The configuration of Prefect 0.15 - 1.x as `prefect/configuration.py` reads it: its defaults, below
 * `~/.prefect/config.toml`, below the `backend.toml` that `prefect backend` writes, below `PREFECT__<SECTION>__<KEY>`.
 */
export class Configuration {
  readonly #settings = new Map<string, Setting>(Object.entries(DEFAULTS).map(([key, text]) => [key, { text }]));

  constructor(private readonly env: NodeJS.ProcessEnv) {
    for (const file of [
      env['PREFECT__USER_CONFIG_PATH'] ?? '~/.prefect/config.toml',
      env['PREFECT__BACKEND_CONFIG_PATH'] ?? '~/.prefect/backend.toml',
    ]) {
      for (const [key, text] of flat(readToml(this.#expanded(file)))) this.#settings.set(key, { text, from: file });
    }
    for (const [name, text] of Object.entries(env)) {
      const [, key] = /^PREFECT__(.+)$/.exec(name) ?? [];
      if (key !== undefined && text !== undefined)
        this.#settings.set(key.toLowerCase().split('__').join('.'), { text, from: name });
    }
  }

  /** A setting; empty or missing = undefined. */
  get(key: string): Resolved | undefined {
    const from = new Set<string>();
    const read = (name: string): string => {
      const setting = this.#settings.get(name);
      if (setting?.from !== undefined) from.add(setting.from);
      return unquoted(this.#expanded(setting?.text ?? ''));
    };
    let text = read(key);
    // References may lead to references; Prefect, too, follows ten of them and no more.
    for (let round = 0; round < 10; round++) text = text.replace(/\$\{([^${}]+)\}/, (_, name: string) => read(name));
    return text === '' ? undefined : { text, from: [...from] };
  }

  /** What `prefect auth login` keeps for a server: `auth.toml`, by the server's host and port. */
  login(apiUrl: string): { apiKey?: string; tenantId?: string; from: string } {
    const file = join(this.get('home_dir')?.text ?? '', 'auth.toml');
    const entry = readToml(file)[slug(new URL(apiUrl).host)] as { api_key?: string; tenant_id?: string } | undefined;
    return {
      ...(entry?.api_key ? { apiKey: entry.api_key } : {}),
      ...(entry?.tenant_id ? { tenantId: entry.tenant_id } : {}),
      from: file,
    };
  }

  /** Variables and the home folder, as `os.path.expandvars` and `expanduser` fill them in, until nothing is left. */
  #expanded(text: string): string {
    let filled = text;
    for (let round = 0, before; round < 10 && filled !== before; round++) {
      before = filled;
      filled = filled
        .replace(
          /\$(?:(\w+)|\{(\w+)\})/g,
          (whole, plain?: string, braced?: string) => this.env[plain ?? braced ?? ''] ?? whole,
        )
        .replace(/^~(?=\/|$)/, this.env['HOME'] ?? homedir());
    }
    return filled;
  }
}

/** Prefect reads a value as a literal of Python; of these only quotes change an address or a key. */
function unquoted(text: string): string {
  return /^(["'])([^"'\\]*)\1$/.exec(text)?.[2] ?? text;
}

/** @throws FlowError `prefect-configuration` for a file that is no TOML */
function readToml(file: string): Record<string, unknown> {
  return readPrefectToml(file, { next: 'Correct the file, or set the option "apiUrl".' });
}

function flat(table: Record<string, unknown>, above = ''): [key: string, text: string][] {
  return Object.entries(table).flatMap(([name, value]) => {
    const key = `${above}${name}`;
    return value !== null && typeof value === 'object'
      ? flat(value as Record<string, unknown>, `${key}.`)
      : [[key, String(value)] as [string, string]];
  });
}

/** The key of a server in `auth.toml`: `localhost:4200` is `localhost-4200`. */
function slug(host: string): string {
  return host
    .toLowerCase()
    .replace(/[^-.a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}
