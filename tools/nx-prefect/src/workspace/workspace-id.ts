import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlowError } from '../core/errors';

/** The default mark of a workspace: the same in all clones and branches. @throws FlowError `no-workspace-id` */
export function rootPackageName(workspaceRoot: string): string {
  const file = 'package.json';
  try {
    const { name } = JSON.parse(readFileSync(join(workspaceRoot, file), 'utf8')) as { name?: string };
    if (name) return name;
  } catch {
    // Said below: there is no name either way.
  }
  throw new FlowError({
    code: 'no-workspace-id',
    file,
    what: 'The root package.json gives no name by which registrations of this workspace can be known.',
    next: 'Give it a "name", or set the option "workspaceId".',
  });
}
