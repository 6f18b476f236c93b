import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJsonIfThere, readTextIfThere } from '../../core/read-file';
import type { InitOptions } from '../../options/init-options';
import type { Ask } from '../../report/ask';
import { type Json, newPackageJson, packageName, pluginOptionsIn, withLines, withPlugin } from './edits';
import { type Findings, lookThrough, registerWords } from './findings';
import { openPoints } from './open-points';
import { isInstalled, Packages, wantedPackages } from './packages';
import { askForTheRest } from './questions';
import { type Edit, readRecord, recordOf } from './record';
import { absent, defaultBranch, isRepository, notIgnored, repositoryFiles } from './repository';

/** What `init` found, what it writes, and what is left to its user. */
export interface Init {
  findings: Findings;
  /** Files to write; empty where nothing changes. */
  edits: Edit[];
  /** The record of them, to be written first. */
  record: Edit;
  packages: Packages;
  /** Whether `init` installs what its new package.json names. */
  installs: boolean;
  /** What stands in the way of a plan, in sentences. */
  open: string[];
}

/**
 * Looks through a repository and settles what to write, without writing anything.
 *
 * @param ask undefined where nobody answers
 */
export async function prepareInit(workspaceRoot: string, given: InitOptions, ask: Ask | undefined): Promise<Init> {
  const text = (file: string) => readTextIfThere(join(workspaceRoot, file));
  // Before Nx lists the files, which makes its folder.
  const made = absent(workspaceRoot, ['.nx']);
  const files = await repositoryFiles(workspaceRoot);
  let [typed, findings] = [given, await lookThrough(workspaceRoot, files, given)];
  if (ask && text('nx.json')?.includes('nx-prefect') !== true) {
    typed = { ...given, ...(await askForTheRest(findings, ask)) };
    findings = await lookThrough(workspaceRoot, files, typed);
  }
  const packages = new Packages(workspaceRoot, process.env);
  const versions = wantedPackages(typed.package);
  const [isMissing, isNewPackage] = [!isInstalled(workspaceRoot), !existsSync(join(workspaceRoot, 'package.json'))];
  const edits = [
    {
      path: 'nx.json',
      content: withPlugin(
        text('nx.json'),
        optionsOf(workspaceRoot, typed, findings),
        await defaultBranch(workspaceRoot),
      ),
    },
    { path: '.gitignore', content: withLines(text('.gitignore'), await notIgnored(workspaceRoot, text('.gitignore'))) },
    ...(isNewPackage
      ? [{ path: 'package.json', content: newPackageJson(packageName(basename(workspaceRoot)), versions) }]
      : []),
  ].filter(({ path, content }) => text(path) !== content);
  if (isMissing) made.push(...absent(workspaceRoot, ['node_modules', packages.words.lock]));
  return {
    findings,
    edits,
    record: recordOf(workspaceRoot, readRecord(workspaceRoot), edits, made),
    packages,
    installs: isMissing && isNewPackage,
    open: openPoints(
      findings,
      await isRepository(workspaceRoot),
      isMissing && !isNewPackage ? packages.addCommand(versions) : undefined,
    ),
  };
}

/** Options of the plugin beside those that nx.json has: what was typed or answered, and what only was found. */
function optionsOf(
  workspaceRoot: string,
  typed: InitOptions,
  { flows, python, servers, bucket, needsPool }: Findings,
): Json {
  const onlyPool = servers.find(({ isOnlyPool }) => isOnlyPool)?.workPool?.text;
  const register = {
    ...(needsPool && onlyPool !== undefined ? { workPool: onlyPool } : {}),
    ...(bucket ? { s3Bucket: bucket.text } : {}),
    ...workspaceName(workspaceRoot),
    ...registerWords(typed),
  };
  return {
    ...flows.options,
    ...(python === undefined ? {} : { build: { python }, test: { python } }),
    ...(Object.keys(register).length === 0 ? {} : { register }),
  };
}

/** For a package.json without a name, by which the workspace's registrations would be known. */
function workspaceName(workspaceRoot: string): { workspaceId?: string } {
  const content = readJsonIfThere(join(workspaceRoot, 'package.json')) as { name?: string } | null | undefined;
  if (content === undefined || content?.name) return {};
  const { register } = pluginOptionsIn(readTextIfThere(join(workspaceRoot, 'nx.json'))) as { register?: Json };
  return register?.['workspaceId'] === undefined ? { workspaceId: packageName(basename(workspaceRoot)) } : {};
}
