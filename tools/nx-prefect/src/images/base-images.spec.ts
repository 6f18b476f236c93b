import { isImageOf } from './base-images';

const REGISTRY = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

test.each([
  ['image-base', undefined, true],
  ['image-base:1', undefined, false],
  ['image-base-prefect-3.8.8-python3.11:latest', undefined, true],
  ['image-base-tools', undefined, false],
  [`${REGISTRY}/image-base:latest`, undefined, true],
  ['team/base', 'team/base', true],
  ['team/base:1', 'team/base', true],
  [`${REGISTRY}/team/base@sha256:0`, 'team/base', true],
  ['other/team/base', 'team/base', false],
  ['image-base', 'team/base', true],
  ['python:3.11-slim', undefined, false],
])('%s is the image of the project image-base, called %s: %s', (image, imageName, expected) => {
  expect(isImageOf(image, { project: 'image-base', imageName })).toBe(expected);
});
