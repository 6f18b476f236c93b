import { FlowError } from '../../core/errors';
import type { UnfilledDeployment, UnfilledSchedule, WantedDeployment, WantedSchedule } from './wanted-deployments';

/**
 * Gives fields that a `prefect.yaml` filled with a placeholder the types that they have on the server: an environment
 * variable is text.
 * @throws FlowError `placeholder` for a text that has no such value
 */
export function withTypes(flow: string, unfilled: UnfilledDeployment): Omit<WantedDeployment, 'pullSteps'> {
  const { tags, enforceParameterSchema, paused, schedules, concurrencyLimit, ...rest } = unfilled;
  return {
    ...rest,
    // A variable that is a list stands for its tags.
    tags: [...new Set(tags.flat().map(String))],
    enforceParameterSchema: asSwitch(flow, 'enforce_parameter_schema', enforceParameterSchema),
    paused: asSwitch(flow, 'paused', paused),
    schedules: schedules.map((schedule) => scheduleWithTypes(flow, schedule)),
    ...(concurrencyLimit !== undefined && {
      concurrencyLimit: asNumber(flow, 'concurrency_limit', concurrencyLimit),
    }),
  };
}

function scheduleWithTypes(flow: string, { active, schedule, ...rest }: UnfilledSchedule): WantedSchedule {
  const { day_or, interval } = schedule;
  return {
    ...rest,
    schedule: {
      ...schedule,
      ...(typeof day_or === 'string' && { day_or: asSwitch(flow, 'day_or', day_or) }),
      ...(typeof interval === 'string' && { interval: asSeconds(flow, interval) }),
    },
    ...(active !== undefined && { active: asSwitch(flow, 'active', active) }),
  };
}

/** The words that pydantic takes. */
function asSwitch(flow: string, field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word = String(value).toLowerCase();
  if (/^(true|t|1|1\.0|yes|y|on)$/.test(word)) return true;
  if (/^(false|f|0|0\.0|no|n|off)$/.test(word)) return false;
  throw unfit(flow, field, value, 'true or false');
}

function asNumber(flow: string, field: string, value: unknown): number {
  const number = typeof value === 'number' ? value : Number(String(value).trim() || NaN);
  if (Number.isInteger(number)) return number;
  throw unfit(flow, field, value, 'a whole number');
}

/** Seconds, or an ISO 8601 duration (`PT1H30M`). */
function asSeconds(flow: string, text: string): number {
  const parts = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  const units = [604_800, 86_400, 3_600, 60, 1];
  const total =
    Number(text) || (parts ? units.reduce((sum, unit, at) => sum + unit * Number(parts[at + 1] ?? 0), 0) : 0);
  if (total > 0) return total;
  throw unfit(flow, 'interval', text, 'seconds (3600) or an ISO 8601 duration (PT1H)');
}

function unfit(flow: string, field: string, value: unknown, wanted: string): FlowError {
  return new FlowError({
    code: 'placeholder',
    flow,
    what: `The placeholder of ${field} became ${JSON.stringify(value)}.`,
    next: `Give it a value that is ${wanted}.`,
  });
}
