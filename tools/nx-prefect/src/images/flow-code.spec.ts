import type { Content } from './content-tag';
import { type FlowCode, REST, codeLabel, codeLabels } from './flow-code';

const flow = (name: string, digest = 'a'): FlowCode => ({
  flow: `p-${name}`,
  digest: digest.repeat(64),
  files: [`flows/p/${name}/flow.py`, 'libs/mail/mail.py'],
});
const content = (paths: string[], more: Partial<Content> = {}): Content => ({
  dockerfile: 'x',
  files: paths.map((path) => ({ path, mode: '644', content: path.includes('.') ? `sha of ${path}` : 'folder' })),
  buildArgs: {},
  bases: {},
  contexts: {},
  labels: {},
  target: undefined,
  platforms: ['linux/amd64'],
  args: [],
  ...more,
});
const ALL = ['flows', 'flows/p', 'flows/p/one', 'flows/p/one/flow.py', 'libs', 'libs/mail', 'libs/mail/mail.py'];
const TWO = [...ALL, 'flows/p/two', 'flows/p/two/flow.py'];

describe('the labels of an image that holds code', () => {
  it('name each flow, and the rest once', () => {
    expect(codeLabels([flow('one'), flow('two', 'b')], '.', content(TWO))).toEqual({
      'nx-prefect.code.p-one': 'a'.repeat(32),
      'nx-prefect.code.p-two': 'b'.repeat(32),
      [REST]: expect.stringMatching(/^nx-[0-9a-f]{40}$/),
    });
  });

  it('are none without such flows, so that no other image changes', () => {
    expect(codeLabels([], '.', content(ALL))).toEqual({});
  });

  it('leave out a flow of which a file is not sent', () => {
    expect(Object.keys(codeLabels([flow('one'), flow('two')], '.', content(ALL)))).toEqual([
      codeLabel('p-one', '')[0],
      REST,
    ]);
  });

  const restOf = (flows: FlowCode[], of: Content) => codeLabels(flows, '.', of)[REST];
  it('have one rest for all states of the flows, a new flow included', () => {
    const before = restOf([flow('one')], content(ALL));
    expect(restOf([flow('one', 'b')], content(ALL))).toBe(before);
    expect(restOf([flow('one'), flow('two')], content(TWO))).toBe(before);
    // Who registers may have another processor.
    expect(restOf([flow('one')], content(ALL, { platforms: ['linux/arm64'] }))).toBe(before);
  });

  it('have another rest for another file, Dockerfile or argument', () => {
    const of = [
      content([...ALL, 'requirements.txt']),
      content(ALL, { dockerfile: 'y' }),
      content(ALL, { args: ['--x'] }),
    ];
    const rests = [content(ALL), ...of].map((each) => restOf([flow('one')], each));
    expect(new Set(rests).size).toBe(4);
  });

  it('know files by their place in the workspace, whatever folder is sent', () => {
    const inside = content(['flow.py', 'requirements.txt']);
    const own = { flow: 'p-one', digest: 'a'.repeat(64), files: ['flows/p/one/flow.py'] };
    expect(Object.keys(codeLabels([own], 'flows/p/one', inside))).toEqual(['nx-prefect.code.p-one', REST]);
  });
});
