import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { freePort } from './free-port';
import { ROOT } from './workspace';

const PYTHON = join(ROOT, 'tools', 'e2e', '.venv', 'bin', 'python');

/**
 * An S3 API on this machine: moto's server. It takes any credentials; what AWS refuses is tested with a mocked client.
 */
export class S3 {
  private constructor(
    readonly endpoint: string,
    private readonly process: ChildProcess,
    readonly client: S3Client,
  ) {}

  static async start(): Promise<S3> {
    if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: run npm run test:all, which installs it.`);
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}`;
    const server = spawn(PYTHON, ['-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)], {
      stdio: 'ignore',
    });
    const client = new S3Client({
      endpoint,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    for (let attempt = 0; ; attempt++) {
      if (
        await fetch(endpoint).then(
          () => true,
          () => false,
        )
      )
        return new S3(endpoint, server, client);
      if (server.exitCode !== null || attempt > 300) throw new Error('The S3 server did not start.');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /** What a command needs to use it. */
  get env(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    };
  }

  async createBucket(name: string): Promise<void> {
    await this.client.send(new CreateBucketCommand({ Bucket: name }));
  }

  async keys(bucket: string): Promise<string[]> {
    const { Contents } = await this.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    return (Contents ?? []).map(({ Key }) => Key ?? '');
  }

  stop(): void {
    this.process.kill('SIGKILL');
  }
}
