import { Workspace } from './workspace';

/**
 * Called in a test file, or in one of its `describe`s.
 * @returns makes workspaces as {@link Workspace.create} does; they are removed when the tests there have ended
 */
export function temporaryWorkspaces(): typeof Workspace.create {
  const made: Workspace[] = [];
  afterAll(() => made.forEach((each) => each.dispose()));
  return async (...given) => {
    const workspace = await Workspace.create(...given);
    made.push(workspace);
    return workspace;
  };
}
