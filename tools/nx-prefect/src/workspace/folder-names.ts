import { FlowError } from '../core/errors';
import { hasControl } from '../core/clean-text';

/**
 * Characters that Nx reads as parts of a pattern. It writes a project's folder into the patterns of its inputs as it
 * is, and has no way to escape them: the whole workspace fails, or edits go unseen.
 */
const PATTERN = /[[\]{}()*?!\\|]/;

/** Whether the inputs of a project in this folder could mean other files. */
export function isOddFolder(root: string): boolean {
  return PATTERN.test(root) || hasControl(root);
}

/** @throws FlowError `folder-name` for a folder whose files Nx can't watch */
export function refuseOddFolder(root: string, flow: string): void {
  if (!isOddFolder(root)) return;
  throw new FlowError({
    code: 'folder-name',
    flow,
    file: root,
    what: 'The name of the folder holds a character that Nx reads as part of a pattern, or a control character.',
    next: 'Rename it: without [ ] { } ( ) * ? ! \\ | and control characters.',
  });
}
