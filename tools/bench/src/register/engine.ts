import { join } from 'node:path';
import { ROOT } from '../paths';

/** Prefect 3, or 0.15.13. */
export type Engine = 3 | 1;

/** The environments that `npm run test:all` makes. */
export function environmentOf(engine: Engine): string {
  return engine === 3 ? join(ROOT, '.venv') : join(ROOT, 'tools', 'e2e', '.venv-prefect0.15');
}

/** What these environments are installed from. */
export function lockOf(engine: Engine): string {
  return engine === 3 ? join(ROOT, 'requirements.txt') : join(ROOT, 'tools', 'e2e', 'requirements-prefect0.15.txt');
}

/** A program of an environment: `python`, `prefect`. */
export function program(engine: Engine, name: string): string {
  return join(environmentOf(engine), 'bin', name);
}
