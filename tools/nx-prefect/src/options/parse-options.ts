import type { z } from 'zod';
import { FlowError } from '../core/errors';
import { nearest } from '../core/nearest';

/** What other tools call what is a target or an option here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  dryRun: 'the target plan, which shows what register would do',
  dryrun: 'the target plan, which shows what register would do',
  check: 'the target plan, which shows what register would do',
  force: 'the option takeOver; and what the server holds exactly is never written again',
  pool: 'the option workPool',
  queue: 'the option workQueue',
  bucket: 'the option s3Bucket',
  label: 'the option labels',
  tag: 'the option tags',
  name: 'the option deploymentName',
};

/** Options of one task, from an executor's schema. @throws FlowError `bad-option` that names task and option */
export function parseOptions<T>(
  schema: { safeParse(value: unknown): z.ZodSafeParseResult<T>; readonly shape?: object },
  task: string,
  options: unknown,
  help = `nx run ${task} --help`,
): T {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys[0] : undefined;
  if (unknown !== undefined) throw unknownOption(task, unknown, Object.keys(schema.shape ?? {}), help);
  const name = issue?.path.join('.');
  throw new FlowError({
    code: 'bad-option',
    flow: task,
    what: `${name ? `The option "${name}"` : 'An option'} is not right: ${issue?.message ?? 'unknown reason'}.`,
    next: `Correct it on the command line, in project.json or in nx.json; see: ${help}`,
  });
}

function unknownOption(task: string, name: string, known: string[], help: string): FlowError {
  const near = nearest(name, known);
  const camel = name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const meant = near === undefined ? ELSEWHERE[camel] : `the option ${near}`;
  return new FlowError({
    code: 'bad-option',
    flow: task,
    what: `There is no option "${name}".`,
    next: `${meant === undefined ? '' : `Did you mean ${meant}? `}The options: ${help}`,
  });
}
