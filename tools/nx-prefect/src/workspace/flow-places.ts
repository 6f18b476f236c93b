import { posix } from 'node:path';

/** What an Nx project says of the place of a flow. */
export interface FlowProject {
  /** `flows/project_1/flow1`; `flows/etl.py` of a flow without a folder of its own. */
  root: string;
  tags?: readonly string[] | undefined;
}

const PROJECT = 'project:';

/** Whether a project's root is the flow's own file. */
export function isFile(root: string): boolean {
  return root.endsWith('.py');
}

/** The file that Prefect loads, relative to the workspace root. */
export function flowFileOf(root: string): string {
  return isFile(root) ? root : `${root}/flow.py`;
}

/** The folder in which a flow lies, relative to the workspace root. */
export function folderOf(root: string): string {
  return isFile(root) ? posix.dirname(root) : root;
}

/** Folder that a flow's build fills, relative to the workspace root. No flow's lies in another's. */
export function outputFolder(root: string, ofFile = isFile(root)): string {
  return ofFile ? `dist/files/${root}` : `dist/${root}`;
}

export function projectTag(project: string): string[] {
  return project === '' ? [] : [`${PROJECT}${project}`];
}

/** The names that stand for a flow's project and for itself: of its folders, or of its folder and file. */
export function namesOf({ root, tags = [] }: FlowProject): { project: string; flow: string } {
  const flow = posix.basename(root.endsWith('/flow.py') ? posix.dirname(root) : root, '.py');
  const tag = tags.find((each) => each.startsWith(PROJECT))?.slice(PROJECT.length);
  const above = posix.basename(posix.dirname(root));
  return { project: tag ?? (above === '.' ? flow : above), flow };
}
