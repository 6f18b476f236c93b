import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { freePort } from './free-port';
import { cleanEnvironment, NX, type Workspace } from './workspace';

/** What the page draws: `project-a` and `project-a|project-b`, or `task-a:build` and so on, sorted. */
export interface Drawn {
  nodes: string[];
  edges: string[];
}

/** The page of `nx graph`, served by the real command on this machine's loopback interface. */
export class GraphPage {
  private constructor(
    readonly page: Page,
    private readonly server: ChildProcess,
    private readonly origin: string,
  ) {}

  /** @param args more for `nx graph`; what it serves is the workspace as it is now */
  static async start(page: Page, workspace: Workspace, ...args: string[]): Promise<GraphPage> {
    const command = [
      NX,
      'graph',
      '--open=false',
      '--watch=false',
      '--host=127.0.0.1',
      `--port=${await freePort()}`,
      ...args,
    ];
    const server = spawn(process.execPath, [join(__dirname, 'ends-with-stdin.mjs'), process.execPath, ...command], {
      cwd: workspace.root,
      env: { ...cleanEnvironment(), NX_DAEMON: 'false' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const origin = await new Promise<string>((started, fail) => {
      let output = '';
      server.stdout.on('data', (part: Buffer) => {
        output += part.toString();
        const [, address] = /started at (http:\/\/127\.0\.0\.1:\d+)\//.exec(output) ?? [];
        if (address !== undefined) started(address);
      });
      server.once('close', () => fail(new Error(`nx graph did not start:\n${output}`)));
    });
    return new GraphPage(page, server, origin);
  }

  async stop(): Promise<void> {
    if (this.server.exitCode !== null) return;
    const ended = once(this.server, 'exit');
    this.server.stdin?.end();
    await ended;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.origin + path);
  }

  /** All projects one by one, where Nx itself would fold them into folders. */
  async openProjects(config: object = {}, state?: object): Promise<void> {
    const graph = { config: { mode: 'individual', ...config }, ...(state ? { state } : {}) };
    await this.open(`/projects?rawGraph=${encodeURIComponent(JSON.stringify(graph))}`);
  }

  /** Waits until the page draws this, or gives what it draws in the end. */
  async drawn(expected: Drawn): Promise<Drawn | undefined> {
    return this.last(
      () => this.page.evaluate(readGraph),
      (now) => isDeepStrictEqual(now, expected),
    );
  }

  /** A PNG of the page at rest. */
  async picture(): Promise<Buffer> {
    let before: Buffer = Buffer.alloc(0);
    return this.last(
      () => this.page.screenshot(),
      (now) => now.equals(before) || !(before = now),
    );
  }

  private async last<T>(read: () => Promise<T>, enough: (now: T) => boolean): Promise<T> {
    for (const deadline = Date.now() + 60_000; ;) {
      const now = await read();
      if (enough(now) || Date.now() > deadline) return now;
      await this.page.waitForTimeout(500);
    }
  }
}

/**
 * Runs in the page. The nodes are painted on a canvas, so they are read where Nx keeps them: in the Cytoscape instance
 * that hangs somewhere below Preact's tree. No interface; it fits the pinned version of Nx.
 */
function readGraph(): Drawn | undefined {
  interface Elements {
    map(id: (element: { id(): string }) => string): string[];
  }
  interface Found {
    renderer?: { cy?: { nodes(visible: string): Elements; edges(visible: string): Elements } };
  }
  const { document } = globalThis as unknown as { document: { getElementById(id: string): unknown } };
  const found = new Set<unknown>([document.getElementById('app')]);
  for (const each of found) {
    if (typeof each !== 'object' || each === null) continue;
    const cytoscape = (each as Found).renderer?.cy;
    if (cytoscape) {
      const [nodes, edges] = [cytoscape.nodes(':visible'), cytoscape.edges(':visible')].map((elements) =>
        elements.map((element) => element.id()).sort(),
      );
      return { nodes: nodes ?? [], edges: edges ?? [] };
    }
    for (const value of Object.values(each)) found.add(value);
  }
  return undefined;
}
