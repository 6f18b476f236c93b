import type { SerializedFlow } from './loaded-prefect1';
import type { HeldFlow } from './held-flow';

/**
 * Whether the schedule of a new version starts active. The switch is people's, and each version has its own: it goes
 * over from the version before. Where there was nothing to switch, or nobody could switch it on, the option decides.
 *
 * @param byDefault the option `schedule`, as `--schedule` of `prefect register`
 */
export function startsActive(held: HeldFlow | undefined, byDefault: boolean): boolean {
  if (!held || (held.serialized_flow['schedule'] == null && held.flow_group.schedule == null)) return byDefault;
  const { default_parameters } = held.flow_group;
  const couldNot =
    held.flow_group.schedule == null &&
    unscheduled(held.serialized_flow).some((name) => !(name in (default_parameters ?? {})));
  return held.is_schedule_active || (couldNot && byDefault);
}

interface Parameter {
  name: string;
  required: boolean;
}

/** The server switches no schedule on whose runs would lack a parameter; it does not say so. */
export function unscheduled({ parameters, schedule }: SerializedFlow): string[] {
  if (schedule == null) return [];
  const clocks = ((schedule as { clocks?: { parameter_defaults?: Record<string, unknown> }[] }).clocks ?? []).map(
    ({ parameter_defaults }) => parameter_defaults ?? {},
  );
  const required = ((parameters ?? []) as Parameter[])
    .filter((parameter) => parameter.required)
    .map(({ name }) => name);
  return required.filter((name) => clocks.some((defaults) => !(name in defaults)));
}
