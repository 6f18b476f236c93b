import { imageConfig } from './image-config';

it.each([
  [{ config: { Labels: { a: '1' }, WorkingDir: '/app' } }, { labels: { a: '1' }, workingDirectory: '/app' }],
  [{ config: { Labels: null, WorkingDir: '' } }, { labels: {}, workingDirectory: '/' }],
  [{ config: {} }, { labels: {}, workingDirectory: '/' }],
  [{ architecture: 'amd64' }, { labels: {}, workingDirectory: '/' }],
])('%j says %j', (text, config) => {
  expect(imageConfig(JSON.stringify(text))).toEqual(config);
});
