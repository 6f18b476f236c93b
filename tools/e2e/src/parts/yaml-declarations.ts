import type { Random } from './random';

/** Fields of one deployment of a `prefect.yaml`, in YAML's flow style: what Prefect takes. */
export const TAKEN: Record<string, string> = {
  plain: '',
  numbers: 'parameters: {a: 098765432109, b: 7222e55, c: 08, d: 1e3, e: 45e1234, f: 017, g: 1_000, h: 1:30, i: 1.5e+3}',
  words: 'parameters: {a: yes, b: no, c: y, d: on, e: ~, f: null, g: "null", h: 0x1F, i: 0o17, j: 1.0, "k": .5}',
  moments: 'parameters: {a: 2024-01-01, b: 2024-01-01 04:05:06, c: 2024-01-01T04:05:06Z, d: 2024-01-01T04:05:06+02:00}',
  keys: 'parameters: {a: {null: 1, 2: 3, true: 4}, x: 1, x: 2}',
  binary: 'parameters: {a: !!binary aGVsbG8=, b: !!set {x}, c: !!str 12, d: !!float 3}',
  empty_schedule: 'schedule: {}',
  no_schedule: 'schedule: null',
  one_schedule: 'schedule: {cron: "0 1 * * *"}',
  cron: 'schedules: [{cron: "0 6 1 * 1", timezone: Europe/Paris, day_or: false, active: false, slug: s}]',
  intervals:
    'schedules: [{interval: "01:30:00"}, {interval: PT0.5H}, {interval: P1M}, {interval: 90}, {interval: 1.5}]',
  anchors: 'schedules: [{interval: 3600, anchor_date: "2024-01-01T00:00:00+00:00", timezone: Europe/Paris}]',
  naive_anchor: 'schedules: [{interval: PT1H, anchor_date: "2024-01-01 06:00:00"}]',
  rules: 'schedules: [{rrule: "FREQ=DAILY"}, {rrule: "FREQ=WEEKLY;BYDAY=MO", timezone: Europe/Paris}]',
  json_rule: `schedules: [{rrule: '{"rrule": "FREQ=DAILY", "timezone": "Asia/Tokyo"}'}]`,
  schedule_parameters: 'schedules: [{cron: "0 1 * * *", parameters: {n: 2, day: 08}, slug: two}]',
  templated_cron: 'schedules: [{cron: "{{ $CRON }}", day_or: "{{ $OFF }}", active: "{{ $OFF }}", slug: t}]',
  templated_zone: 'schedules: [{cron: "0 1 * * *", timezone: "{{ prefect.variables.zone }}"}]',
  limit: 'concurrency_limit: 3',
  limit_options: 'concurrency_limit: {limit: 2, collision_strategy: CANCEL_NEW, grace_period_seconds: 90}',
  no_limit: 'concurrency_limit: {limit: null, collision_strategy: ENQUEUE}',
  strategy: 'concurrency_limit: {collision_strategy: CANCEL_NEW}',
  tags: 'tags: [b, a, 3, "", 1.5, no]',
  tags_variable: 'tags: "{{ prefect.variables.many }}"',
  templates: 'version: "v{{ $NAME }}", tags: ["{{ $NAME }}-{{ prefect.variables.word }}"], description: "{{ $NAME }}"',
  typed_variables:
    'parameters: {n: "{{ prefect.variables.number }}", l: "{{ prefect.variables.many }}", ' +
    't: "-{{ prefect.variables.flag }}-"}',
  braces: 'description: "a {{ b c }} {d} {{}} {{ ctx.x }} e", parameters: {t: "{{ two words }}"}',
  unknown_parameters: 'parameters: {unknown: 1}',
  unenforced: 'enforce_parameter_schema: false, parameters: {n: text}',
  paused: 'paused: yes',
  unknown_words: '_sla: 1, foo: bar, triggers: []',
};

/** What Prefect refuses. */
export const REFUSED: Record<string, string> = {
  version: 'version: 1.10',
  two_keys: 'schedule: {cron: "0 1 * * *"}, schedules: []',
  two_kinds: 'schedules: [{cron: "0 1 * * *", interval: 60}]',
  no_kind: 'schedules: [{timezone: UTC}]',
  word: 'schedules: [{cron: "0 1 * * *", max_scheduled_runs: 3}]',
  interval: 'schedules: [{interval: soon}]',
  timezone: 'schedules: [{cron: "0 1 * * *", timezone: Nowhere/X}]',
  switch: 'paused: maybe',
  limit: 'concurrency_limit: {limit: 2}',
  tag: 'parameters: {x: !foo 1}',
  parameter: 'parameters: {n: text}',
  slug_twice: 'schedules: [{interval: 60, slug: a}, {interval: 90, slug: a}]',
};

const SCALARS = [
  '1',
  '-1',
  '1.5',
  '08',
  '1e3',
  '1.e+3',
  '0b11',
  '0x1f',
  '1_0',
  '190:20:30',
  'yes',
  'No',
  'off',
  '~',
  'null',
  'text',
  '"08"',
  "'it''s'",
  '2024-02-29',
  '2024-01-01 00:00:00.5 -3',
  '.5',
  '-.5',
  'é',
  '"\\u00e9\\n"',
  '[1, [2]]',
  '{a: 08, 1: b}',
  '"{{ $NAME }}"',
  '"{{ prefect.variables.number }}"',
  '!!str 1',
  '"{{ two words }}"',
];
const SCHEDULES = [
  'cron: "0 1 * * *"',
  'cron: "*/5 1-3 * * MON"',
  'interval: 60',
  'interval: PT1H30M',
  'interval: "00:05:00"',
  'rrule: "FREQ=DAILY"',
  'rrule: "FREQ=HOURLY;INTERVAL=6"',
  'cron: "{{ $CRON }}"',
  'cron: "@daily"',
];

/** A deployment that Prefect takes, made of its fields. */
export function randomDeclaration(random: Random): string {
  const fields: string[] = [];
  const maybe = (percent: number, field: () => string) => random.chance(percent) && fields.push(field());
  const scalars = (count: number) =>
    Array.from({ length: 1 + random.below(count) }, (_, at) => `p${at}: ${random.of(SCALARS)}`).join(', ');
  const schedule = (at: number) => {
    const more = [
      ...(random.chance(40) ? [`timezone: ${random.of(['Europe/Paris', 'UTC', 'America/New_York', 'null'])}`] : []),
      ...(random.chance(30) ? [`active: ${random.of(['false', 'yes', '"{{ $OFF }}"', 'null'])}`] : []),
      ...(random.chance(30) ? [`parameters: {${scalars(2)}}`] : []),
      `slug: s${at}`,
    ];
    return `{${[random.of(SCHEDULES), ...more].join(', ')}}`;
  };
  maybe(80, () => `parameters: {${scalars(5)}}`);
  maybe(40, () => `tags: [${random.of(['a, b', 'c', '1, 2.5', '"{{ $NAME }}", x', 'yes'])}]`);
  maybe(40, () => `description: ${random.of(['"Loads."', '"{{ $NAME }} of {{ prefect.variables.word }}"', '" x "'])}`);
  maybe(30, () => `paused: ${random.of(['true', 'no', '0'])}`);
  maybe(30, () => `concurrency_limit: ${random.of(['1', '{limit: 2, collision_strategy: ENQUEUE}', 'null'])}`);
  maybe(60, () => `schedules: [${Array.from({ length: 1 + random.below(3) }, (_, at) => schedule(at)).join(', ')}]`);
  maybe(
    40,
    () => `work_pool: {name: pool, job_variables: {${scalars(2)}, env: {A: ${random.of(['"1"', '"{{ $NAME }}"'])}}}}`,
  );
  return fields.join(', ');
}
