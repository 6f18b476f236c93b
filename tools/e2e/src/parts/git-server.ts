import { type Server, createServer } from 'node:http';
import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { type Workspace, run } from './workspace';

/** Bare repositories in a folder, served over HTTP by git's own `http-backend`. */
export class GitServer {
  private constructor(
    private readonly folder: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<GitServer> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'nx-prefect-git-')));
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const backend = spawn('git', ['http-backend'], {
        env: {
          PATH: process.env['PATH'],
          GIT_PROJECT_ROOT: folder,
          GIT_HTTP_EXPORT_ALL: '1',
          REQUEST_METHOD: request.method,
          PATH_INFO: pathname,
          QUERY_STRING: searchParams.toString(),
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      request.pipe(backend.stdin);
      backend.stdin.on('error', () => undefined);
      const parts: Buffer[] = [];
      backend.stdout.on('data', (part: Buffer) => parts.push(part));
      backend.once('close', () => {
        const whole = Buffer.concat(parts);
        const end = whole.indexOf('\r\n\r\n');
        const headers = whole.subarray(0, end).toString().split('\r\n');
        for (const header of headers) {
          const [name = '', value = ''] = header.split(/: (.*)/s);
          if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
          else response.setHeader(name, value);
        }
        response.end(whole.subarray(end + 4));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return new GitServer(folder, server);
  }

  /** A bare repository that workers may clone. @returns its address over HTTP, and as a file */
  async create(name: string): Promise<{ http: string; file: string }> {
    const folder = join(this.folder, `${name}.git`);
    const made = await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder], {
      cwd: this.folder,
      env: process.env,
    });
    if (made.code !== 0) throw new Error(made.output);
    for (const setting of ['uploadpack.allowFilter', 'http.receivepack'])
      await run('git', ['config', setting, 'true'], { cwd: folder, env: process.env });
    return {
      http: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}.git`,
      file: `file://${folder}`,
    };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Makes an address the remote of a workspace, and pushes all that is there. */
export async function publish(workspace: Workspace, address: string): Promise<void> {
  const remotes = await workspace.git('remote');
  await workspace.git('remote', ...(remotes.includes('origin') ? ['set-url'] : ['add']), 'origin', address);
  await workspace.commit('published');
  await workspace.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
}
