import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Prefect1Version, prefect1Environment, pythonOf } from './prefect1';
import { run } from './workspace';

/** A user's shell in a folder of its own, whose Python holds an older Prefect, and whose home holds no settings. */
export class Prefect1Shell {
  readonly folder: string;
  /** Prefect's own settings, say `{ PREFECT__BACKEND: 'cloud' }`. */
  env: Record<string, string>;

  constructor(
    readonly apiUrl: string,
    private readonly version: Prefect1Version = '0.15',
  ) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-0.15-')));
    this.env = { PREFECT__BACKEND: 'server', PREFECT__SERVER__ENDPOINT: apiUrl, PREFECT__CLOUD__API: apiUrl };
  }

  write(files: Record<string, string>): void {
    for (const [file, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, file)), { recursive: true });
      writeFileSync(join(this.folder, file), content);
    }
  }

  /** The real command line: `prefect register --project P --path flow.py`. */
  prefect(...args: string[]): Promise<{ code: number | null; output: string }> {
    return this.python(['-m', 'prefect', ...args]);
  }

  /** What a script in the user's shell prints as JSON; `prefect` is imported. */
  async script<T>(lines: string): Promise<T> {
    const { code, output } = await this.python(['-c', `import json, prefect\n${lines}`]);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output) as T;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private python(args: string[]): Promise<{ code: number | null; output: string }> {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(PREFECT_|PYTHON(HOME|PATH)$)/.test(name));
    const env = {
      ...Object.fromEntries(inherited),
      HOME: this.folder,
      PYTHONWARNINGS: 'ignore',
      NO_COLOR: '1',
      ...this.env,
    };
    return run(pythonOf(prefect1Environment(this.version)), args, { cwd: this.folder, env });
  }
}
