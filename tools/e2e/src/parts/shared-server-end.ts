import type { Prefect } from './prefect';

export default function end(): Promise<void> | undefined {
  return (globalThis as { sharedServer?: Prefect }).sharedServer?.stop();
}
