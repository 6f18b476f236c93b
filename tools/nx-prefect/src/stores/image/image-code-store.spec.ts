import { REST, codeLabel } from '../../images/flow-code';
import type { Code, Delivery } from '../code-store';
import { ImageCodeStore } from './image-code-store';

const URI = '1.dkr.ecr.eu-west-1.amazonaws.com/team/code';
const code = (digest: string): Code => ({
  digest,
  files: {},
  shipped: [
    { from: 'libs/mail/mail.py', to: 'mail.py' },
    { from: 'libs/mail/mail.py', to: 'libs/mail/mail.py' },
  ],
  read: async () => Buffer.from(''),
});
const labelled = (digest: string, rest: string) => Object.fromEntries([codeLabel('p-f', digest), [REST, rest]]);

interface State {
  /** What ECR holds: code digest and rest, by the image's digest; the last one is the current image. */
  images: Record<string, [code: string, rest: string]>;
  /** This source. */
  source: [code: string, rest: string];
  held?: string;
  directory?: string;
}

function deliver({ images, source: [digest, rest], held, directory }: State): Promise<Delivery> {
  const ref = `${URI}@${Object.keys(images).at(-1)}`;
  const asked = {
    current: async () => ({ ref, labels: labelled(digest, rest), repository: 'team/code', location: {} as never }),
    config: async (_project: string, image: string) => {
      const found = images[image.split('@')[1]!];
      return found && { labels: labelled(...found), workingDirectory: '/app' };
    },
  };
  const request = { flow: 'p-f', declared: undefined, gitClone: [] };
  const before = held === undefined ? undefined : { pullSteps: [], image: `${URI}@${held}` };
  return new ImageCodeStore('worker', directory, asked).delivery(code(digest), { ...request, held: before });
}

describe('a flow whose code lies in an image', () => {
  it('runs in the folder of the image, with the libs on the path', async () => {
    const images = { 'sha256:1': ['a', 'x'] as [string, string] };
    expect(await deliver({ images, source: ['a', 'x'] })).toEqual({
      image: `${URI}@sha256:1`,
      pullSteps: [
        { 'prefect.deployments.steps.set_working_directory': { directory: '/app' } },
        { 'site.addsitedir': { sitedir: '/app/libs/mail' } },
      ],
    });
    const { pullSteps } = await deliver({ images, source: ['a', 'x'], directory: '/opt/flows' });
    expect(pullSteps[1]).toEqual({ 'site.addsitedir': { sitedir: '/opt/flows/libs/mail' } });
  });

  it.each<[string, State, string]>([
    [
      'stays where another flow changed',
      { images: { one: ['a', 'x'], two: ['a', 'x'] }, source: ['a', 'x'], held: 'one' },
      'one',
    ],
    [
      'moves with its own code',
      { images: { one: ['a', 'x'], two: ['b', 'x'] }, source: ['b', 'x'], held: 'one' },
      'two',
    ],
    ['moves with the rest', { images: { one: ['a', 'x'], two: ['a', 'y'] }, source: ['a', 'y'], held: 'one' }, 'two'],
    ['moves where ECR has lost its image', { images: { two: ['a', 'x'] }, source: ['a', 'x'], held: 'one' }, 'two'],
    [
      'stays while the newest image is of other source',
      { images: { one: ['a', 'x'], two: ['b', 'x'] }, source: ['a', 'x'], held: 'one' },
      'one',
    ],
  ])('%s', async (_what, state, image) => {
    expect((await deliver(state)).image).toBe(`${URI}@${image}`);
  });

  it.each<[string, State]>([
    ['its code', { images: { one: ['a', 'x'] }, source: ['b', 'x'], held: 'one' }],
    ['the rest', { images: { one: ['a', 'x'] }, source: ['a', 'y'] }],
  ])('is refused where no image is of this source: %s', async (_what, state) => {
    await expect(deliver(state)).rejects.toMatchObject({
      code: 'image-outdated',
      what: expect.stringContaining(`${URI}@one was not built from this source`),
      next: 'Run: npx nx run worker:docker-deploy',
    });
  });
});
