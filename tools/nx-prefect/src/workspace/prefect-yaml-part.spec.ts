import { partOf } from './prefect-yaml-part';

const SALES = 'flows/p/sales';

const file = (...entries: string[]) => `definitions: &d {tags: [a]}\ndeployments:\n${entries.join('')}pull: null\n`;
const entry = (flow: string, more = '') => `  - name: d\n    entrypoint: ${flow}\n${more}`;
const OWN = entry('flows/p/sales/flow.py:main');
const OTHER = entry('flows/p/other/flow.py:main');

const digest = (text: string, root = SALES) => partOf('prefect.yaml', text, root)?.digest;

describe('the part of a shared prefect.yaml that concerns a flow', () => {
  it.each<[string, string]>([
    ['edited', file(entry('flows/p/other/flow.py:main', '    tags: [x]\n'), OWN)],
    ['gone', file(OWN)],
    ['below', file(OWN, OTHER)],
    ['twice', file(OTHER, OWN, OTHER)],
    ['in flow style', file('  - {name: d, entrypoint: flows/p/other/flow.py}\n', OWN)],
    ['with an anchor that nobody names', file(entry('flows/p/other/flow.py:main', '    tags: &t [x]\n'), OWN)],
  ])('is the same with the entry of another flow %s', (_, text) => {
    expect(digest(text)).toBe(digest(file(OTHER, OWN)));
  });

  it.each<[string, string]>([
    ['its own entry', file(OTHER, entry('flows/p/sales/flow.py:main', '    tags: [x]\n'))],
    ['a second one', file(OTHER, OWN, OWN)],
    ['the definitions', file(OTHER, OWN).replace('[a]', '[b]')],
    ['the steps', file(OTHER, OWN).replace('null', '[]')],
    ['an entry by its module', file(entry('flows.p.sales.flow.main'), OWN)],
    ['an entry by what a source root leaves', file(entry('sales/flow.py:main'), OWN)],
    ['a file beside it, which is no flow of its own', file(entry('flows/p/sales/jobs.py:main'), OWN)],
  ])('changes with %s', (_, text) => {
    expect(digest(text)).not.toBe(digest(file(OTHER, OWN)));
  });

  it('has what its entry names in the entries of others, however far', () => {
    const text = (tag: string) =>
      file(
        entry('flows/p/third/flow.py:main', `    tags: &t [${tag}]\n`),
        entry('flows/p/other/flow.py:main', '    parameters: &p {x: *t}\n'),
        entry('flows/p/sales/flow.py:main', '    parameters: *p\n'),
      );
    expect(digest(text('x'))).not.toBe(digest(text('y')));
  });

  it('keeps the lines of what is left, and what block text ends with', () => {
    const own = entry('flows/p/sales/flow.py:main', '    description: |+\n      text\n\n');
    expect(partOf('prefect.yaml', file(OTHER, own, OTHER), SALES)?.text).toBe(file('  #\n#\n', own, '  #\n#\n'));
  });

  it('is nothing where no entry concerns the flow', () => {
    expect(digest(file(OTHER))).toBeUndefined();
    expect(digest('deployments: []\n')).toBeUndefined();
  });

  it('leaves to a flow without a folder the entries of files beside it', () => {
    const flow = 'flows/sales.py';
    expect(digest(file(entry('flows/other.py:main', '    tags: []\n'), entry(`${flow}:main`)), flow)).toBe(
      digest(file(entry('flows/other.py:main'), entry(`${flow}:main`)), flow),
    );
  });

  it('is the whole of a file beside the flow, and of one that can not be taken apart', () => {
    const broken = 'deployments: [ # sales';
    expect(partOf('prefect.yaml', broken, SALES)?.text).toBe(broken);
    expect(partOf(`${SALES}/prefect.yaml`, file(OTHER), SALES)?.text).toBe(file(OTHER));
    const inline = 'deployments: [{entrypoint: flows/p/sales/flow.py}, {entrypoint: flows/p/other/flow.py}]\n';
    expect(partOf('prefect.yaml', inline, SALES)?.text).toBe(inline);
  });
});
