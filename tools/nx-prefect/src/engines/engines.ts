import type { Engine } from './engine';
import { prefect1 } from './prefect1/prefect1';
import { prefect3 } from './prefect3/prefect3';

/** Every engine: a new one is a folder beside these, and a line here. */
const ENGINES: readonly Engine[] = [prefect1, prefect3];

/** Of flows that nobody has built, in a workspace where nothing says more. */
export const DEFAULT_ENGINE: Engine = prefect3;

/** The engine that reads flows of a version of Prefect, `3.8.8`; undefined for one that none reads. */
export function engineOfVersion(version: string): Engine | undefined {
  return ENGINES.find(({ versions }) => versions.test(version));
}

/** The engine of this name, as the worker says it or a manifest keeps it; undefined for one that is not known here. */
export function engineNamed(name: string): Engine | undefined {
  return ENGINES.find((engine) => engine.name === name);
}
