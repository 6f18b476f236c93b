export const name = 'nx-prefect';
export { createDependencies } from './graph/dependencies';
export { createNodes } from './graph/nodes';
