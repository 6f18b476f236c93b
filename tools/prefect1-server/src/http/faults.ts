import * as z from 'zod';

const fault = z.strictObject({
  /** 429 with Retry-After; or 200 with an error whose code is API_ERROR, which the real client sends again for 16 s. */
  kind: z.enum(['rate-limit', 'api-error']),
  /** So many requests. */
  times: z.int().positive().default(1),
  /** Only requests that ask for this root field, say `create_flow_from_compressed_string`. */
  field: z.string().optional(),
  /** So many fitting requests are answered first. */
  after: z.int().nonnegative().default(0),
  /** Seconds, for `rate-limit`. */
  retryAfter: z.int().nonnegative().default(1),
});
export type Fault = z.input<typeof fault>;
type Planned = z.output<typeof fault>;

/** The failures that a test ordered; each request takes the first that fits. */
export class Faults {
  private planned: Planned[] = [];

  plan(order: Fault): void {
    this.planned.push(fault.parse(order));
  }

  clear(): void {
    this.planned = [];
  }

  take(fields: readonly string[]): Planned | undefined {
    const fitting = this.planned.find(({ field }) => field === undefined || fields.includes(field));
    if (!fitting) return undefined;
    if (fitting.after > 0) {
      fitting.after -= 1;
      return undefined;
    }
    fitting.times -= 1;
    if (fitting.times === 0) this.planned = this.planned.filter((one) => one !== fitting);
    return fitting;
  }
}
