import { boundMark, boundTo, digestOfNames, markTag, markText, MARK_LABEL, readMark } from './marks';
import type { Deployment } from './rest-types';

const identity = { workspaceId: 'team', environment: 'staging', flowName: 'load', name: 'default' };

function held(name: string, more: Partial<Deployment> = {}): Deployment {
  const mark = markText({
    of: boundTo(identity),
    env: 'staging',
    file: `flows/${'sales/'.repeat(33)}flow.py`,
    commit: '0123456789ab',
    names: digestOfNames(['load/default']),
    wrote: 'abcd'.repeat(13),
  });
  return { name, tags: [markTag('team')], labels: { [MARK_LABEL]: mark }, ...more } as Deployment;
}

it('stays below 500 bytes with a path of 200', () => {
  const { labels } = held('default');
  expect(Buffer.byteLength(MARK_LABEL + String(labels?.[MARK_LABEL]))).toBeLessThan(500);
});

it('says whose a deployment is, for which environment', () =>
  expect(boundMark(held('default'), 'load', 'team')).toMatchObject({ env: 'staging', commit: '0123456789ab' }));

it.each<[string, Deployment, string, string]>([
  ["a copy made in Prefect's page, tags and labels and all", held('default-copy'), 'load', 'team'],
  ['the same name of another flow', held('default'), 'other', 'team'],
  ["another workspace's", held('default', { tags: [markTag('others')] }), 'load', 'others'],
  ['one whose tag is gone', held('default', { tags: [] }), 'load', 'team'],
  ['one whose labels are gone', held('default', { labels: {} }), 'load', 'team'],
])('%s is not ours', (_what, deployment, flowName, workspaceId) =>
  expect(boundMark(deployment, flowName, workspaceId)).toBeUndefined(),
);

it.each(['', '{', '[]', 'null', '{"v":2}', '{"v":1}', '{"v":1,"of":3}'])('%j is no mark', (label) =>
  expect(readMark({ labels: { [MARK_LABEL]: label } })).toBeUndefined(),
);
