import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PYTHON, ROOT } from './workspace';

export interface Deployed {
  code: number;
  /** The last words. */
  output: string;
}

/** `prefect deploy --all` in each folder, by the installed CLI. @param folders absolute, by any name */
export async function prefectDeploy<N extends string>(
  folders: Record<N, string>,
  env: Record<string, string>,
): Promise<Record<N, Deployed>> {
  const script = join(ROOT, 'tools', 'e2e', 'src', 'parts', 'deploy_each.py');
  const child = spawn(PYTHON, [script], { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(folders));
  let output = '';
  for await (const part of child.stdout) output += String(part);
  return JSON.parse(output) as Record<N, Deployed>;
}
