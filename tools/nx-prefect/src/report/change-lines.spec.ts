import { changeLines } from './change-lines';

it.each([
  ['description', 'old', 'new', ['description: "old" -> "new"']],
  ['concurrency_limit', null, 3, ['concurrency_limit: null -> 3']],
  ['tags', ['a', 'b'], ['c', 'b'], ['tags: - "a"', 'tags: + "c"']],
  [
    'job_variables',
    { env: { A: '1' } },
    { env: { A: '2' }, cpu: 1 },
    ['job_variables.env.A: "1" -> "2"', 'job_variables.cpu: + 1'],
  ],
  ['schedules', [{ cron: '0 6 * * *' }], [{ cron: '0 7 * * *' }], ['schedules[0].cron: "0 6 * * *" -> "0 7 * * *"']],
  ['description', 'a\nb\nc\nd', 'a\nb\nx\nd', ['description:', '    b', '  - c', '  + x', '    d']],
  ['parameters', {}, { a: 'x'.repeat(200) }, [`parameters.a: + "${'x'.repeat(119)}... (202 characters)`]],
])('%s: %j, %j', (field, before, after, lines) => expect(changeLines({ field, before, after })).toEqual(lines));

it('a field with many values is cut, and says so', () => {
  const after = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, at]));
  expect(changeLines({ field: 'parameters', before: {}, after }).at(-1)).toBe('parameters: and 8 more values');
});
