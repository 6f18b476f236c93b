import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Environment and files; `@` stands for the folder of the arrangement, which holds `home` and the workspace `ws`. */
export interface Arrangement {
  env?: Record<string, string>;
  files?: Record<string, string>;
}

export interface Place {
  cwd: string;
  env: Record<string, string>;
}

/** Each arrangement in a folder of its own below `root`. */
export function arranged(root: string, arrangements: Record<string, Arrangement>): Record<string, Place> {
  return Object.fromEntries(
    Object.entries(arrangements).map(([name, arrangement], at) => [name, placed(join(root, String(at)), arrangement)]),
  );
}

function placed(folder: string, { env = {}, files = {} }: Arrangement): Place {
  for (const [file, content] of Object.entries({ 'ws/flow.py': '', 'home/x': '', ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content.replaceAll('@', folder));
  }
  const own = Object.entries(env).map(([name, value]) => [name, value.replaceAll('@', folder)] as const);
  return { cwd: join(folder, 'ws'), env: { HOME: join(folder, 'home'), ...Object.fromEntries(own) } };
}

/** @param script of this folder, which says what Prefect itself finds in each place */
export async function askPrefect<T>(
  python: string,
  script: string,
  places: Record<string, Place>,
): Promise<Record<string, T & { error?: string }>> {
  const child = spawn(python, ['-W', 'ignore', join(__dirname, script)], {
    env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(places));
  const said = await text(child.stdout);
  return JSON.parse(/^SETTINGS(.*)$/m.exec(said)?.[1] ?? '') as Record<string, T & { error?: string }>;
}
