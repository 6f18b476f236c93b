import type { InitOptions } from '../../options/init-options';
import type { Ask } from '../../report/ask';
import type { Findings } from './findings';

/** Asks for what a repository leaves open. @returns what was answered, as if it had been typed */
export async function askForTheRest(
  { flows, servers, needsPool, bucket }: Findings,
  ask: Ask,
): Promise<Partial<InitOptions>> {
  const answers: Partial<InitOptions> = {};
  if (flows.flows.length === 0) {
    const pattern = await ask('No flow was found. Which files are flows? For example jobs/*.py:');
    if (pattern !== undefined) answers.flows = pattern.split(',').map((word) => word.trim());
  }
  if (servers.some(({ server }) => server === undefined)) {
    const apiUrl = await ask('Address of the Prefect API:', 'http://127.0.0.1:4200/api');
    if (apiUrl !== undefined) answers.apiUrl = apiUrl;
  }
  const open = servers.find(({ engine, workPool }) => engine.defaultWorkPool !== undefined && workPool === undefined);
  if (open !== undefined && needsPool) {
    const { workPools = [] } = open;
    const workPool = await ask(`Work pool that runs the flows (${workPools.join(', ')}):`, workPools[0]);
    if (workPool !== undefined) answers.workPool = workPool;
  }
  if (bucket === undefined) {
    const s3Bucket = await ask('S3 bucket for the code (none: it stays in .prefect-code/ of this checkout):');
    if (s3Bucket !== undefined) answers.s3Bucket = s3Bucket;
  }
  return answers;
}
