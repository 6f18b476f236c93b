import { posix } from 'node:path';
import type { CreateDependencies, CreateNodes } from '@nx/devkit';

/** A plugin that does nothing but name the flows: what Nx takes for any plugin. */
export const createNodes: CreateNodes = [
  'flows/*/*/flow.py',
  (files) =>
    files.map((file) => [
      file,
      { projects: { [posix.dirname(file)]: { name: file.split('/').slice(1, 3).join('-') } } },
    ]),
];

export const createDependencies: CreateDependencies = () => [];
