import { performance } from 'node:perf_hooks';

/**
 * Seconds and CPU seconds (of all threads) since it was made, in this very process, and the most memory it has had, in
 * MB.
 */
export class Stopwatch {
  private readonly from = performance.now();
  private readonly used = process.cpuUsage();

  stop(): { seconds: number; cpu: number; peak: number } {
    const { user, system } = process.cpuUsage(this.used);
    return {
      seconds: (performance.now() - this.from) / 1000,
      cpu: (user + system) / 1e6,
      peak: process.resourceUsage().maxRSS / 1024,
    };
  }
}
