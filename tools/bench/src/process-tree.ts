import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

const EVERY_MS = 25;
const TICKS_PER_SECOND = 100;
const KB_PER_MB = 1024;

interface Seen {
  /** Seconds, of its life: when it was first seen, and now. */
  from: number;
  cpu: number;
  /** MB. */
  peak: number;
  python: boolean;
}

/**
 * Watches the processes that carry a mark in their environment, with their children, daemons and orphans too: no exit
 * status tells of those. It looks every 25 ms, so up to that much of each process's CPU time is missed.
 */
export class ProcessTree {
  static readonly MARK = 'NX_PREFECT_BENCH';
  private readonly others = new Set<string>();
  private readonly seen = new Map<string, Seen>();
  private readonly timer: NodeJS.Timeout | undefined;
  private together = 0;

  constructor(private readonly mark: string) {
    if (!existsSync('/proc/self/environ')) return;
    this.look();
    for (const pid of processes()) if (!this.seen.has(pid)) this.others.add(pid);
    for (const daemon of this.seen.values()) daemon.from = daemon.cpu;
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  /**
   * Ends the watch. CPU in seconds, memory in MB, and how many Python processes there were; nothing where there is no
   * /proc.
   */
  stop(): { cpu?: number; largest?: number; together?: number; pythons?: number } {
    if (!this.timer) return {};
    this.look();
    clearInterval(this.timer);
    const ours = [...this.seen.values()];
    return {
      cpu: ours.reduce((sum, { cpu, from }) => sum + cpu - from, 0),
      largest: Math.max(0, ...ours.map(({ peak }) => peak)),
      together: this.together,
      pythons: ours.filter(({ python }) => python).length,
    };
  }

  kill(): void {
    for (const pid of processes())
      if (!this.others.has(pid) && (this.seen.has(pid) || this.isOurs(pid))) process.kill(Number(pid), 'SIGKILL');
  }

  private look(): void {
    let together = 0;
    for (const pid of processes()) {
      if (this.others.has(pid)) continue;
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const [, parent = '', , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        // A child may get an environment without the mark. Just after the fork it still has its parent's: a stranger is
        // asked again each time.
        if (!this.seen.has(pid) && !this.seen.has(parent) && !this.isOurs(pid)) continue;
        const status = readFileSync(`/proc/${pid}/status`, 'latin1');
        const { from = 0, peak = 0, python: before = false } = this.seen.get(pid) ?? {};
        const program = basename(readlinkSync(`/proc/${pid}/exe`));
        const [own, above] = [commandLine(pid), commandLine(parent)];
        // A process that has just ended has none any more.
        const python = own === '' || above === '' ? before : program.startsWith('python') && own !== above;
        this.seen.set(pid, {
          from,
          cpu: (Number(user) + Number(system)) / TICKS_PER_SECOND,
          peak: Math.max(peak, megabytes(status, 'VmHWM')),
          python,
        });
        together += megabytes(status, 'VmRSS');
      } catch {
        // it has ended
      }
    }
    this.together = Math.max(this.together, together);
  }

  private isOurs(pid: string): boolean {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${ProcessTree.MARK}=${this.mark}`);
    } catch {
      return false;
    }
  }
}

/** Just after a fork it is the parent's: what will become another program. */
function commandLine(pid: string): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
}

function processes(): string[] {
  return readdirSync('/proc').filter((name) => /^\d/.test(name));
}

function megabytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / KB_PER_MB;
}
