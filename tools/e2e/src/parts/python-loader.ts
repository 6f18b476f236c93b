import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PYTHON } from './workspace';

export interface Loaded {
  /** Files of the tree that Python read to load the flow, relative to it, sorted. */
  files: string[];
  /** Folders of the tree that are packages without an `__init__.py`, likewise. */
  namespaces: string[];
  /** What the flow raised. */
  error: string | null;
}

/** One real Python that loads flows of shipped trees by Prefect's own loader, one after the other. */
export class PythonLoader {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    private readonly answers: AsyncIterator<string>,
  ) {}

  static start(): PythonLoader {
    const child = spawn(PYTHON, [join(__dirname, 'loaded_files.py')], {
      env: { PATH: process.env['PATH'], HOME: tmpdir(), PREFECT_LOGGING_TO_API_ENABLED: 'false' },
    });
    child.stderr.pipe(process.stderr);
    return new PythonLoader(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  }

  /** @param root absolute; `flow` is relative to it, and so are folders that an editable install put on sys.path */
  async load(root: string, flow: string, installed: string[] = []): Promise<Loaded> {
    this.process.stdin.write(`${JSON.stringify({ root, flow, installed })}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error('The Python that loads flows ended.');
    return JSON.parse(value as string) as Loaded;
  }

  stop(): void {
    this.process.stdin.end();
  }
}
