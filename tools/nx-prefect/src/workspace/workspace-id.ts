import { join } from 'node:path';
import { FlowError } from '../core/errors';
import { readJsonIfThere } from '../core/read-file';

/** The default mark of a workspace: the same in all clones and branches. @throws FlowError `no-workspace-id` */
export function rootPackageName(workspaceRoot: string): string {
  const file = 'package.json';
  const content = readJsonIfThere(join(workspaceRoot, file)) as { name?: string } | null | undefined;
  if (content?.name) return content.name;
  throw new FlowError({
    code: 'no-workspace-id',
    file,
    what: 'The root package.json gives no name by which registrations of this workspace can be known.',
    next: 'Give it a "name", or set the option "workspaceId".',
  });
}
