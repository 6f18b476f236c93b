import { isMark, settled } from '../clock-values';
import type { Deployment, Schedule } from './rest-types';
import { isSameSchedule } from './schedules';
import type { WantedDeployment, WantedSchedule } from './wanted-deployments';

/** What the clock gave while the flow was loaded stays as the server holds it; what it lacks comes from this build. */
export function withClock(wanted: WantedDeployment, held: Deployment | undefined): WantedDeployment {
  const { clock, ...rest } = wanted;
  if (!clock || clock.length === 0) return rest;
  return {
    ...rest,
    parameterOpenapiSchema: settled(rest.parameterOpenapiSchema, held?.parameter_openapi_schema, clock),
    parameters: settled(rest.parameters, held?.parameters, clock),
    schedules: rest.schedules.map((schedule) => settledSchedule(withoutAnchor(schedule), held?.schedules ?? [], clock)),
  };
}

function settledSchedule(wanted: WantedSchedule, held: Schedule[], clock: unknown[]): WantedSchedule {
  const same = held.find(({ slug, schedule }) =>
    wanted.slug === null ? isSameSchedule(settled(wanted.schedule, schedule, clock), schedule) : wanted.slug === slug,
  );
  return settled(wanted, same, clock);
}

/** Without an anchor the server anchors an interval when it is created, and the merge keeps that. */
function withoutAnchor(wanted: WantedSchedule): WantedSchedule {
  const { anchor_date, ...schedule } = wanted.schedule;
  return isMark(anchor_date) ? { ...wanted, schedule } : wanted;
}
