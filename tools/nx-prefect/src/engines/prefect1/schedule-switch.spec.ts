import type { SerializedFlow } from './loaded-prefect1';
import type { HeldFlow } from './held-flow';
import { startsActive, unscheduled } from './schedule-switch';

const CRON = { clocks: [{ cron: '0 3 * * *' }] };
const flow = (more: object = {}) =>
  ({ name: 'load', schedule: CRON, parameters: [], ...more }) as unknown as SerializedFlow;
const held = (
  active: boolean,
  schedule: unknown = CRON,
  ofGroup: unknown = null,
  parameters: object[] = [],
  defaults: object | null = null,
) =>
  ({
    is_schedule_active: active,
    serialized_flow: flow({ schedule, parameters }),
    flow_group: { schedule: ofGroup, default_parameters: defaults },
  }) as HeldFlow;
const DAY = [{ name: 'day', required: true }];

describe('startsActive', () => {
  it.each<[string, HeldFlow | undefined, boolean | 'as the option says']>([
    ['a new flow', undefined, 'as the option says'],
    ['one that was on', held(true), true],
    ['one that was switched off', held(false), false],
    ['one that had nothing to switch', held(false, null), 'as the option says'],
    ["one whose schedule is the flow group's, switched off", held(false, null, CRON), false],
    ['one that nobody could switch on, for want of a parameter', held(false, CRON, null, DAY), 'as the option says'],
    ['one that has the parameter from the flow group, switched off', held(false, CRON, null, DAY, { day: 1 }), false],
  ])('of %s', (_what, before, expected) => {
    for (const option of [true, false])
      expect(startsActive(before, option)).toBe(typeof expected === 'boolean' ? expected : option);
  });
});

describe('unscheduled', () => {
  const required = [
    { name: 'day', required: true },
    { name: 'unit', required: false },
  ];
  it.each<[string, SerializedFlow, string[]]>([
    ['no schedule', flow({ schedule: null, parameters: required }), []],
    ['no required parameter', flow(), []],
    ['a value in no clock', flow({ parameters: required }), ['day']],
    [
      'a value in each clock',
      flow({ parameters: required, schedule: { clocks: [{ parameter_defaults: { day: null } }] } }),
      [],
    ],
    [
      'a value in one clock of two',
      flow({ parameters: required, schedule: { clocks: [{ parameter_defaults: { day: 1 } }, {}] } }),
      ['day'],
    ],
  ])('with %s', (_what, given, expected) => {
    expect(unscheduled(given)).toEqual(expected);
  });
});
