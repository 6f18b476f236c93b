import { flowPatterns } from './flow-patterns';

describe('flowPatterns', () => {
  it.each<[string, string[], string[], string[]]>([
    ['a folder of flows', ['flows/a.py', 'flows/b.py'], ['flows/__init__.py'], ['flows/*.py']],
    ['a folder of flows and modules', ['flows/a.py', 'flows/b.py'], ['flows/util.py'], ['flows/a.py', 'flows/b.py']],
    ['one file for each folder', ['jobs/a/main.py', 'jobs/b/main.py'], ['jobs/a/lib.py'], ['jobs/*/main.py']],
    [
      'such files, one of which is no flow',
      ['jobs/a/main.py', 'jobs/b/main.py'],
      ['jobs/c/main.py'],
      ['jobs/a/main.py', 'jobs/b/main.py'],
    ],
    ['a file at the root', ['etl.py'], [], ['etl.py']],
    ['two files at the root', ['a.py', 'b.py'], ['setup.py'], ['a.py', 'b.py']],
  ])('%s', (_, flows, modules, patterns) => {
    expect(flowPatterns(flows, [...flows, ...modules])).toEqual(patterns);
  });
});
