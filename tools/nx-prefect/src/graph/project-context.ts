import type { ProjectConfiguration } from '@nx/devkit';
import { readTextIfThere } from '../core/read-file';
import type { PluginOptions } from '../options/plugin-options';
import { isFileFlow, type Layout, type SourceFolder } from '../workspace/layout';
import type { LooseModules } from '../workspace/loose-modules';
import type { LooseTests, LooseTestsOf } from '../workspace/loose-tests';
import { findLocks } from '../workspace/locks/locks';
import { shipped } from '../workspace/shipped';
import { isTest } from '../workspace/tests';
import { CODEOWNERS_FILES, parseCodeowners, type OwnersOf } from './codeowners';
import type { OptionsOfFlow } from './flow-settings';
import type { HiddenInputs } from './hidden-inputs';
import { createInputs, type InputsOf } from './inputs';
import type { ModuleResolver } from './modules';
import { projectJsonOf, type ProjectJson } from './project-json';
import { openReadings, type Readings } from './readings';
import { testTarget } from './targets';
import { importedByTests } from './test-imports';
import type { Unlisted } from './unlisted';

/** What a graph is made from. */
export interface Workspace {
  /** Absolute. */
  root: string;
  /** Nx's hash of every file that git doesn't ignore, by its path relative to root. */
  files: ReadonlyMap<string, string>;
  layout: Layout;
  modules: ModuleResolver;
  /** Folders that are an image and nothing else. */
  images: readonly string[];
  unlisted: ReadonlyMap<string, Unlisted>;
  /** What Nx's hashes of a folder's files leave out. */
  hidden: HiddenInputs;
  /** What ships file by file. */
  loose: LooseModules;
  /** Which project the tests are of that lie in no project's folder. */
  tests: LooseTests;
  /** The `prefect.yaml` files that name a flow's file, by that. */
  namedBy: ReadonlyMap<string, readonly string[]>;
}

type Named = Pick<SourceFolder, 'root' | 'name'>;

/** What the projects of one graph share, and the parts that flows and libs have in common. */
export class ProjectContext {
  readonly inputs: InputsOf;
  /** Inferred names of flows and libs by their roots. */
  readonly inferredNames: ReadonlyMap<string, string>;
  readonly #readings: Readings;
  readonly #ownersOf: OwnersOf;

  constructor(
    readonly workspace: Workspace,
    readonly options: PluginOptions,
  ) {
    const { root, files, layout } = workspace;
    const lockOf = findLocks(files.keys());
    this.inputs = createInputs(root, (folder) => lockOf(folder)?.folder);
    this.inferredNames = new Map(
      [...layout.flows, ...layout.libs, ...layout.packages].map((folder) => [folder.root, folder.name]),
    );
    this.#readings = openReadings(root);
    const codeowners = CODEOWNERS_FILES.find((file) => files.has(file));
    this.#ownersOf = parseCodeowners(codeowners === undefined ? '' : (readTextIfThere(`${root}/${codeowners}`) ?? ''));
  }

  projectJson(root: string): ProjectJson {
    return projectJsonOf(this.workspace.root, root, this.workspace.files);
  }

  /** The name that Nx knows the project by: project.json may give another than the inferred one. */
  nameOf({ root, name }: Named): string {
    return this.projectJson(root).name ?? name;
  }

  /** What ships with a flow or lib file by file, where it lies then, and its tests that lie elsewhere. */
  loose(source: SourceFolder): {
    reached: readonly string[];
    missing: readonly string[];
    sourceRoots: readonly string[];
    tests: LooseTestsOf;
  } {
    const { loose, tests } = this.workspace;
    const { files, missing } = loose.of(source);
    return {
      reached: files,
      missing,
      sourceRoots: loose.shippedAtTop(source.root),
      tests: tests.of(source.root),
    };
  }

  unlisted(root: string): Unlisted {
    return this.workspace.unlisted.get(root)!;
  }

  /**
   * Description and owners: as the README says, else the owners of the flow.py or of a lib's first module that ships.
   */
  metadata(source: SourceFolder): ProjectConfiguration['metadata'] & {} {
    const { kind, root, python } = source;
    const file = `${root}/README.md`;
    const { description, owners: inReadme } = this.#readings.readme(file, this.workspace.files.get(file));
    const module = kind === 'flow' ? 'flow.py' : (python.find(shipped) ?? python[0]);
    const owners = inReadme.length > 0 ? inReadme : this.#ownersOf(isFileFlow(source) ? root : `${root}/${module}`);
    return {
      ...(description === '' ? {} : { description }),
      ...(owners.length === 0
        ? {}
        : { owners: Object.fromEntries(owners.map((owner) => [owner, { ownedFiles: [{ files: ['*'] }] }])) }),
    };
  }

  /** The target `test`, if the project has tests. */
  testTargets(folder: SourceFolder, ofFlow?: OptionsOfFlow): ProjectConfiguration['targets'] & {} {
    const { files, modules, tests } = this.workspace;
    const elsewhere = tests.of(folder.root);
    if (!folder.python.some(isTest) && elsewhere.modules.length === 0) return {};
    const tested = importedByTests(folder, elsewhere, files, modules, this.#readings).map((root) =>
      this.nameOf({ root, name: this.inferredNames.get(root)! }),
    );
    return { test: testTarget(this.nameOf(folder), ofFlow ?? this.options, tested, ofFlow?.configurations.test) };
  }
}
