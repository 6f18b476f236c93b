import { posix } from 'node:path';
import { type Tags, parse } from 'yaml';
import { z } from 'zod';
import { FlowError } from '../../core/errors';
import type { DeclaredFields } from './loaded-prefect3';
import { deploymentOf } from './yaml-deployment';

/** A deployment of a `prefect.yaml` that belongs to one flow file. Placeholders (`{{ ... }}`) are still in it. */
export interface YamlDeployment {
  /** Workspace path of the `prefect.yaml`. */
  file: string;
  /** Attribute of the flow file; null where the deployment names no entrypoint. */
  attribute: string | null;
  fields: DeclaredFields;
}

export interface YamlDeployments {
  deployments: YamlDeployment[];
  warnings: string[];
}

const entry = z.looseObject({ name: z.unknown(), entrypoint: z.string().nullish() });
const prefectYaml = z.looseObject({ deployments: z.array(entry).nullish() }).nullable();
type Entry = z.infer<typeof entry>;

/**
 * The deployments of a `prefect.yaml` whose entrypoint is a given flow file.
 * A file beside the flow means `flow.py:main` of its own folder; every file may give paths, or modules, from the root.
 * Fields are those of Prefect 3's `prefect deploy`; what is not managed here is warned about.
 * @throws FlowError `prefect-yaml` when the file or one of these deployments can't be read
 */
export function yamlDeploymentsOf(flowFile: string, file: string, text: string): YamlDeployments {
  const document = parsed(file, text);
  const folder = posix.dirname(file);
  const flowFolder = posix.dirname(flowFile);
  const own: { item: Entry; attribute: string | null }[] = [];
  const warnings: string[] = [];
  for (const item of document?.deployments ?? []) {
    const [path, attribute] = splitEntrypoint(item.entrypoint);
    const paths = path === null ? [] : [posix.join(folder, path), posix.normalize(path)];
    if (paths.includes(flowFile) || (path === null && folder === flowFolder)) own.push({ item, attribute });
    else if (folder === flowFolder || paths.some((one) => posix.dirname(one) === flowFolder)) {
      warnings.push(
        `${file}: the deployment ${JSON.stringify(item.name)} names ${item.entrypoint}, ` +
          `which is not ${flowFile}; it is not registered.`,
      );
    }
  }
  const steps = own.length > 0 && document ? ignoredSteps([document, ...own.map(({ item }) => item)]) : [];
  warnings.push(...steps.map((step) => `${file}: its "${step}" steps are not run; nx-prefect ships the code itself.`));
  const deployments = own.map(({ item, attribute }) => {
    const { fields, warnings: unmanaged } = deploymentOf(item, file);
    warnings.push(...unmanaged);
    return { file, attribute, fields };
  });
  return { deployments, warnings };
}

/**
 * Prefect reads the file with PyYAML: YAML 1.1, but `y` and `n` are text. Dates reach the server as they are written.
 */
const AS_PYYAML = {
  version: '1.1',
  intAsBigInt: true,
  customTags: (tags: Tags) =>
    tags.flatMap((tag): Tags => {
      if (typeof tag === 'string') return [tag];
      if (tag.tag === 'tag:yaml.org,2002:timestamp') return [];
      return tag.tag === 'tag:yaml.org,2002:bool' && 'test' in tag && tag.test
        ? [{ ...tag, test: new RegExp(`(?=..)${tag.test.source}`) }]
        : [tag];
    }),
} as const;

function parsed(file: string, text: string): z.infer<typeof prefectYaml> {
  try {
    return prefectYaml.parse(parse(text, exactInteger, AS_PYYAML) ?? null);
  } catch (cause) {
    const reason =
      cause instanceof z.ZodError
        ? cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')
        : (cause as Error).message.split('\n')[0];
    throw new FlowError({
      code: 'prefect-yaml',
      file,
      what: `The file can't be read: ${reason}.`,
      next: 'Correct it; `prefect deploy` reads the same format.',
      cause,
    });
  }
}

/** JSON readers, Prefect's page among them, round integers beyond 2^53. */
function exactInteger(key: unknown, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  if (Number.isSafeInteger(Number(value))) return Number(value);
  throw new Error(`${String(key)} is ${value}, which JSON readers round; write it as text`);
}

/** `flow.py:main`, or the module form `flows.project_1.flow1.flow.main`. */
function splitEntrypoint(entrypoint: string | null | undefined): [path: string | null, attribute: string | null] {
  if (!entrypoint) return [null, null];
  const colon = entrypoint.lastIndexOf(':');
  if (colon >= 0) return [entrypoint.slice(0, colon), entrypoint.slice(colon + 1)];
  if (entrypoint.endsWith('.py')) return [entrypoint, null];
  const parts = entrypoint.split('.');
  return [`${parts.slice(0, -1).join('/')}.py`, parts.at(-1) ?? null];
}

function ignoredSteps(sections: Record<string, unknown>[]): string[] {
  return ['build', 'push', 'pull'].filter((step) => sections.some((section) => isFilled(section[step])));
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length > 0
    : value !== null && typeof value === 'object' && Object.keys(value).length > 0;
}
