import type { DeploymentObject, FlowObject } from './loaded-prefect3';
import { type RegistrationSources, registrationsOf } from './registrations';

const flow = (attribute: string | null, more: Partial<FlowObject> = {}): FlowObject => ({
  attribute,
  flowName: attribute ?? 'loop',
  line: attribute?.length ?? 1,
  definedHere: true,
  calledHere: false,
  description: null,
  version: null,
  parameterOpenapiSchema: {},
  ...more,
});

const of = (flows: FlowObject[], more: Partial<RegistrationSources> & { deployments?: DeploymentObject[] } = {}) =>
  registrationsOf({
    flow: 'p-f',
    flowFile: 'flows/p/f/flow.py',
    entrypoint: undefined,
    codeDigest: 'code',
    yaml: [],
    ...more,
    loaded: { flows, deployments: more.deployments ?? [] },
  });
const entrypoints = (...args: Parameters<typeof of>) =>
  of(...args).registrations.map(({ entrypoint }) => entrypoint.split(':')[1]);

describe('registrationsOf', () => {
  it('registers the one flow of a file', () => {
    expect(entrypoints([flow('main')])).toEqual(['main']);
  });

  it('leaves imported flows and subflows out', () => {
    expect(
      entrypoints([flow('imported', { definedHere: false }), flow('part', { calledHere: true }), flow('main')]),
    ).toEqual(['main']);
  });

  it('registers a flow that calls itself', () => {
    expect(entrypoints([flow('again', { calledHere: true })])).toEqual(['again']);
  });

  it('lets the option say which of several, imported ones too', () => {
    expect(entrypoints([flow('one'), flow('three')], { entrypoint: 'three' })).toEqual(['three']);
    expect(entrypoints([flow('imported', { definedHere: false })], { entrypoint: 'imported' })).toEqual(['imported']);
  });

  it.each<[string, FlowObject[], string | undefined]>([
    ['no-flow', [], undefined],
    ['no-flow', [flow('imported', { definedHere: false })], undefined],
    ['several-flows', [flow('one'), flow('three')], undefined],
    ['unbound-flow', [flow(null)], undefined],
    ['unbound-flow', [flow('main'), flow(null)], undefined],
    ['entrypoint-not-found', [flow('main')], 'other'],
  ])('refuses with %s', (code, flows, entrypoint) => {
    expect(() => of(flows, { entrypoint })).toThrow(expect.objectContaining({ code }));
  });

  it('registers each deployment that code declares, and no default one', () => {
    const deployment = (name: string): DeploymentObject => ({
      attribute: name,
      file: 'flows/p/f/flow.py',
      flowAttribute: 'main',
      flowName: 'main',
      parameterOpenapiSchema: null,
      fields: { name },
    });
    const { registrations } = of([flow('main')], { deployments: [deployment('daily'), deployment('weekly')] });
    expect(registrations.map(({ fields }) => fields.name)).toEqual(['daily', 'weekly']);
  });

  it('registers the deployments of a prefect.yaml', () => {
    const yaml = [{ file: 'prefect.yaml', attribute: 'main', fields: { name: 'nightly' } }];
    expect(of([flow('main'), flow('other')], { yaml }).registrations).toEqual([
      expect.objectContaining({ declaredIn: 'prefect.yaml', fields: expect.objectContaining({ name: 'nightly' }) }),
    ]);
  });

  it('names flows of the file that nothing deploys, but no subflow and no other form of one that is deployed', () => {
    const yaml = [{ file: 'prefect.yaml', attribute: 'main', fields: { name: 'nightly' } }];
    const flows = [
      flow('main'),
      flow('other', { line: 9 }),
      flow('part', { calledHere: true }),
      flow('renamed', { line: 4 }),
      flow('imported', { definedHere: false }),
    ];
    expect(of(flows, { yaml }).unregistered).toEqual(['flows/p/f/flow.py also defines other, which nothing deploys.']);
    const named = [...yaml, { file: 'prefect.yaml', attribute: 'other', fields: {} }];
    expect(of(flows, { yaml: named }).unregistered).toEqual([]);
    expect(of(flows, { yaml: named, entrypoint: 'main' }).unregistered).toEqual([
      expect.stringMatching(/"default" of .*:other \(prefect.yaml\) is not registered: .*"entrypoint" names main/),
    ]);
  });

  it('makes no default deployment where a prefect.yaml names another file, unless an option says which flow', () => {
    const unmatched = { file: 'prefect.yaml', unmatched: 'the deployment "x" names other.py:main.' };
    expect(() => of([flow('main')], { yaml: [unmatched] })).toThrow(
      expect.objectContaining({ code: 'prefect-yaml', message: expect.stringContaining('"x" names other.py:main') }),
    );
    const own = { file: 'prefect.yaml', attribute: 'main', fields: { name: 'nightly' } };
    expect(of([flow('main')], { yaml: [unmatched, own] }).registrations).toHaveLength(1);
    expect(of([flow('main')], { yaml: [unmatched], entrypoint: 'main' }).registrations).toHaveLength(1);
  });

  it('changes the digest with the code and with what is declared', () => {
    const digest = (...args: Parameters<typeof of>) => of(...args).registrations[0]?.digest;
    const first = digest([flow('main')]);
    expect(digest([flow('main')])).toBe(first);
    expect(digest([flow('main')], { codeDigest: 'other' })).not.toBe(first);
    expect(digest([flow('main', { description: 'new' })])).not.toBe(first);
  });
});
