import { posix } from 'node:path';
import {
  logger,
  workspaceRoot,
  type CreateNodes,
  type CreateNodesResult,
  type ProjectConfiguration,
  type ProjectGraphExternalNode,
} from '@nx/devkit';
import { parsePluginOptions } from '../options/plugin-options';
import { workspaceFiles } from '../workspace/nx-files';
import { settingsNotes } from './flow-settings';
import { findHiddenInputs, type HiddenInputs, NOTHING_HIDDEN } from './hidden-inputs';
import { imageFolders } from './image-projects';
import { nodesPattern, readNxJson } from './pattern';
import { givenNames } from './project-json';
import { inferProjects, nameNotes } from './projects';
import { openReadings } from './readings';
import type { ModuleResolver } from './modules';
import { resolution } from './resolution';
import { newNotes } from './said-notes';
import { sentinelNode } from './sentinel';
import { readUnlisted } from './unlisted';

/**
 * Every flow, lib and image as a project, the packages of the locks, and the sentinel. Tests and READMEs come from Nx's
 * list of files and not from the files that match, since Nx takes a file that matches for configuration: see
 * pattern.ts.
 */
export const createNodes: CreateNodes = [
  nodesPattern(readNxJson(workspaceRoot)),
  async (matched, rawOptions, { workspaceRoot: root }) => {
    const [anyMatch] = matched;
    const [files, hidden] = await Promise.all([workspaceFiles(root), findHiddenInputs(root)]);
    const { projects, externalNodes } = inferNodes(root, files, rawOptions, hidden);
    if (anyMatch === undefined) return [];
    const results = projects.map((project): [string, CreateNodesResult] => {
      const source = [project.root, `${project.root}/flow.py`, posix.join(project.root, 'Dockerfile')].find((file) =>
        files.has(file),
      );
      return [source ?? anyMatch, { projects: { [project.root]: project } }];
    });
    return [...results, [anyMatch, { externalNodes }]];
  },
];

interface Nodes {
  projects: ProjectConfiguration[];
  externalNodes: Record<string, ProjectGraphExternalNode>;
}

let last: { of: ModuleResolver; unlisted: string; nodes: Nodes } | undefined;

/**
 * A plugin's worker reuses its last nodes if nothing that they tell has changed. Only there: a worker sends them to Nx
 * as text, but in one process with Nx, Nx writes into the objects that it was given.
 *
 * @param files Nx's hash of every file of the workspace, by its path relative to `root`
 */
export function inferNodes(
  root: string,
  files: ReadonlyMap<string, string>,
  rawOptions: unknown,
  hidden: HiddenInputs = NOTHING_HIDDEN,
): Nodes {
  const options = parsePluginOptions(rawOptions);
  const readings = openReadings(root);
  readings.renew();
  const made = resolution(root, files, options);
  const { layout, modules, packages, flowFiles, loose, tests, looseFingerprint } = made;
  const notes = [
    ...made.notes,
    ...settingsNotes(
      options.settings,
      layout.flows.map(({ file }) => file),
    ),
  ];
  const said = [...notes.map(({ text }) => text), ...nameNotes(layout), ...tests.notes];
  // The verbs say them again, and there are none without a flow.
  for (const note of layout.flows.length === 0 ? said : newNotes(root, said)) logger.warn(note);
  const images = imageFolders(files, layout, options);
  const unlisted = readUnlisted(root, files, layout, images, options);
  if (!('NX_PLUGIN_WORKER' in globalThis)) return infer();
  const folders = hidden === NOTHING_HIDDEN ? [] : [...layout.flows, ...layout.libs];
  const told = JSON.stringify([
    [...unlisted],
    folders.map((folder) => hidden(folder.root)),
    looseFingerprint,
    tests.fingerprint,
    notes,
    [...flowFiles.namedBy],
  ]);
  if (last?.of !== made.modules || last.unlisted !== told) last = { of: made.modules, unlisted: told, nodes: infer() };
  else readings.keepAll();
  return last.nodes;

  function infer(): Nodes {
    return {
      projects: inferProjects(
        { root, files, layout, modules, images, unlisted, hidden, loose, tests, namedBy: flowFiles.namedBy },
        options,
      ),
      externalNodes: {
        ...sentinelNode(modules, packages, givenNames(root, layout, files), looseFingerprint, notes),
        ...packages.nodes,
      },
    };
  }
}
