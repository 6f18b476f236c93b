import { execFile } from 'node:child_process';

/** The commit that is checked out, a few digits of it; empty where there is no repository, no commit, or no git. */
export function headCommit(workspaceRoot: string): Promise<string> {
  return new Promise((done) => {
    execFile('git', ['rev-parse', '--short=12', '--verify', 'HEAD'], { cwd: workspaceRoot }, (error, stdout) =>
      done(error ? '' : stdout.trim()),
    );
  });
}
