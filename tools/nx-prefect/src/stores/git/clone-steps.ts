import { posix } from 'node:path';
import type { ShippedFile } from '../../workspace/shipment';
import type { Delivery, PullStep } from '../code-store';
import { searchSteps } from '../search-steps';

const CLONE = 'prefect.deployments.steps.git_clone';
/** What the steps above gave: Prefect keeps the output of all steps under its own names. */
const CLONED = '{{ directory }}';

export interface CloneRequest {
  repository: string;
  commit: string;
  /** A block: `github-credentials/team`, `secret/token`. */
  credentials: string | undefined;
  /** From the root of the repository; all of them have to be in the clone. */
  files: readonly string[];
  shipped: readonly ShippedFile[];
  submodules: readonly string[];
  /** The workspace's folder in the repository: `` or `team/flows/`. */
  prefix: string;
  /** Whether `git_clone` can leave other folders out. */
  isSparse: boolean;
}

/** Pull steps that leave a worker in the workspace's folder of a clone, with the libs where Python looks for them. */
export function cloneSteps({ repository, commit, submodules, prefix, ...rest }: CloneRequest): PullStep[] {
  const inside = rest.files.filter((file) => !submodules.some((each) => file.startsWith(`${each}/`)));
  const directories = rest.isSparse ? foldersToClone(inside) : [];
  return [
    {
      [CLONE]: {
        repository,
        commit_sha: commit,
        ...(directories.length > 0 ? { directories } : {}),
        ...credentialsOf(rest.credentials),
      },
    },
    // git_clone leaves submodules empty when it is given a commit.
    ...(submodules.length > 0
      ? [
          {
            'prefect.deployments.steps.run_shell_script': {
              script: ['git submodule update --init --recursive --', ...submodules.map(quoted)].join(' '),
              directory: CLONED,
            },
          },
        ]
      : []),
    // Only says where the run goes on: set_working_directory would go there itself, and Prefect once more.
    ...(prefix === '' ? [] : [{ 'builtins.dict': { directory: `${CLONED}/${prefix.replace(/\/$/, '')}` } }]),
    // A clone has the libs' packages at their workspace paths alone.
    ...searchSteps(rest.shipped, (root) => `${CLONED}/${root}`),
  ];
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What steps that anybody may have set clone; undefined where they clone nothing at a commit. */
export function clonedCommit(held: Delivery | undefined): { repository: string; commit: string } | undefined {
  const { repository, commit_sha: commit } = held?.pullSteps.find((step) => CLONE in step)?.[CLONE] ?? {};
  if (typeof repository !== 'string' || typeof commit !== 'string' || !COMMIT.test(commit)) return undefined;
  return { repository, commit };
}

/**
 * The folders that a clone has to have, without those inside of others.
 * @param files from the root of the repository; those directly there are in each clone
 */
function foldersToClone(files: readonly string[]): string[] {
  const folders = [...new Set(files.map((file) => posix.dirname(file)))].filter((folder) => folder !== '.').sort();
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

function credentialsOf(block: string | undefined): Record<string, string> {
  if (block === undefined) return {};
  const placeholder = `{{ prefect.blocks.${block.replace('/', '.')} }}`;
  return block.startsWith('secret/') ? { access_token: placeholder } : { credentials: placeholder };
}

/** As `shlex` of the step reads it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'"'"'`)}'`;
}
