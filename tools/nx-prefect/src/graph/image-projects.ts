import { join, posix } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { isObject } from '../core/is-object';
import { readJsonIfThere, readTextIfThere } from '../core/read-file';
import type { NamedImage } from '../images/base-images';
import { findIgnoreFile } from '../images/ignore-file';
import { isFolder, placesOf } from '../images/places';
import type { PluginOptions } from '../options/plugin-options';
import { SHIPPED } from '../workspace/data-files';
import type { Layout, SourceFolder } from '../workspace/layout';
import { baseProjects } from './image-bases';
import { imageInputs } from './image-inputs';
import { IMAGE } from './inputs';
import type { ProjectContext } from './project-context';
import { imageTarget } from './targets';

const DOCKERFILE = 'Dockerfile';

/**
 * Folders with a Dockerfile that are projects by it alone: the workspace's root, `images/<image>`, and those that have
 * a project.json. A Dockerfile elsewhere, such as in the folder of an example, makes none.
 */
export function imageFolders(
  files: ReadonlyMap<string, string>,
  { flows, libs, packages }: Layout,
  { imagesDirectory }: PluginOptions,
): string[] {
  const sources = new Set([...flows, ...libs, ...packages].map(({ root }) => root));
  const folders = [...files.keys()]
    .filter((file) => file.endsWith(DOCKERFILE) && posix.basename(file) === DOCKERFILE)
    .map((file) => posix.dirname(file));
  return folders
    .filter(
      (folder) =>
        !sources.has(folder) &&
        (folder === '.' || posix.dirname(folder) === imagesDirectory || files.has(`${folder}/project.json`)),
    )
    .sort();
}

interface ImageOptions {
  dockerfile?: unknown;
  context?: unknown;
  buildContexts?: unknown;
}

/** The inputs of a project's `docker-deploy`; undefined where it has no Dockerfile. */
export function imageInputsOf(
  projectRoot: string,
  { dockerfile, context, buildContexts }: ImageOptions,
  files: ReadonlyMap<string, string>,
  workspaceRoot: string,
): string[] | undefined {
  const given = { projectRoot, dockerfile: word(dockerfile), context: word(context) };
  // Most projects have no Dockerfile, and are passed over without taking paths apart.
  if (given.dockerfile === undefined && projectRoot !== '.' && !files.has(`${projectRoot}/${DOCKERFILE}`))
    return undefined;
  const places = placesOf(given);
  if (!files.has(places.dockerfile)) return undefined;
  const ignoreText = findIgnoreFile(workspaceRoot, places.dockerfile, places.context)?.text ?? '';
  return imageInputs(given, ignoreText, isObject(buildContexts) ? Object.values(buildContexts).filter(isFolder) : []);
}

/** A folder that is neither a flow nor a lib: an image of its own, the workspace's root, or somebody's own project. */
export function imageProject(root: string, context: ProjectContext): ProjectConfiguration {
  const project = ownProject(root, context);
  const name = context.nameOf({ root, name: inferredName(root, context) });
  const { namedInputs, targets, bases } = imageParts({ root, name }, context);
  return {
    ...project,
    namedInputs: { ...project.namedInputs, ...namedInputs },
    ...(bases.length === 0 ? {} : { implicitDependencies: bases }),
    targets,
  };
}

/** A project that ships nothing, with a name unless somebody's own project.json gives it one. */
export function ownProject(root: string, context: ProjectContext): ProjectConfiguration {
  const isOwn = context.workspace.files.has(root === '.' ? 'project.json' : `${root}/project.json`);
  return { root, ...(isOwn ? {} : { name: inferredName(root, context) }), namedInputs: { [SHIPPED]: [] } };
}

function inferredName(root: string, { workspace, inferredNames }: ProjectContext): string {
  return root === '.' ? rootName(workspace.root, workspace.files, inferredNames) : `image-${posix.basename(root)}`;
}

/** What Dockerfiles may call the images of a workspace's projects. */
interface ProjectImage extends NamedImage {
  root: string;
  /** Whether it is neither a flow nor a lib: an edge to those would ship their code. */
  isOnlyImage: boolean;
}

const known = new WeakMap<ProjectContext, ProjectImage[]>();

function imagesOf(context: ProjectContext): ProjectImage[] {
  const before = known.get(context);
  if (before) return before;
  const { images, layout } = context.workspace;
  const folders = [
    ...images.map((root) => ({ root, name: inferredName(root, context), isOnlyImage: true })),
    ...[...layout.flows, ...layout.libs].map(({ root, name }) => ({ root, name, isOnlyImage: false })),
  ];
  const found = folders
    .filter(({ root }) => context.unlisted(root)?.image !== undefined)
    .map(({ root, name, isOnlyImage }) => {
      const { imageName } = { ...context.options['docker-deploy'], ...context.projectJson(root).image };
      return { root, isOnlyImage, project: context.nameOf({ root, name }), imageName: word(imageName) };
    });
  known.set(context, found);
  return found;
}

/** Projects whose images the one of a folder starts from. */
function basesOf(root: string, context: ProjectContext): ProjectImage[] {
  const others = imagesOf(context).filter((image) => image.root !== root);
  if (others.length === 0) return [];
  const { dockerfile } = { ...context.options['docker-deploy'], ...context.projectJson(root).image };
  const file = placesOf({ projectRoot: root, dockerfile: word(dockerfile) }).dockerfile;
  const names = new Set(baseProjects(readTextIfThere(join(context.workspace.root, file)) ?? '', others));
  return others.filter(({ project }) => names.has(project));
}

/** What a Dockerfile adds to a project, and the projects that it gets an edge to; nothing where there is none. */
export function imageParts(
  { root, name }: Pick<SourceFolder, 'root' | 'name'>,
  context: ProjectContext,
): Required<Pick<ProjectConfiguration, 'namedInputs' | 'targets'>> & { bases: string[] } {
  const { image } = context.unlisted(root);
  if (image === undefined) return { namedInputs: {}, targets: {}, bases: [] };
  const bases = basesOf(root, context);
  const projects = bases.map(({ project }) => project);
  return {
    namedInputs: { [IMAGE]: image },
    targets: { 'docker-deploy': imageTarget(name, context.options, projects) },
    bases: bases.filter(({ isOnlyImage }) => isOnlyImage).map(({ project }) => project),
  };
}

/**
 * What the root's project is called where nobody says: as its package is. A name that project.json or the "nx" of
 * package.json gives wins in Nx itself. A name that another project has would break the graph.
 */
export function rootName(
  workspaceRoot: string,
  files: ReadonlyMap<string, string>,
  inferredNames: ReadonlyMap<string, string>,
): string {
  const given = files.has('package.json') ? nameIn(join(workspaceRoot, 'package.json')) : undefined;
  const taken = new Set(inferredNames.values());
  return [given, 'workspace', 'root'].find((name) => name !== undefined && !taken.has(name)) ?? 'workspace-root';
}

/** Undefined for a package.json that is broken: Nx itself says what is wrong with it. */
function nameIn(packageJson: string): string | undefined {
  return (readJsonIfThere(packageJson) as { name?: string } | null | undefined)?.name;
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
