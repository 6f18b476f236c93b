import { NX } from '../../paths';
import { SCENARIOS, type Contestant, type Target } from '../contestant';
import type { Engine } from '../engine';

export const BUCKET = 'bench-flows';

function nxJson(engine: Engine): string {
  const register =
    engine === 3 ? { workPool: 'pool' } : { s3Bucket: BUCKET, labels: ['bench'], prefectProject: 'bench' };
  return JSON.stringify({
    analytics: false,
    neverConnectToCloud: true,
    defaultBase: 'main',
    plugins: [{ plugin: 'nx-prefect', options: { register } }],
  });
}

export function apiOf({ url, s3 = {} }: Target, engine: Engine): Record<string, string> {
  return {
    ...s3,
    ...(engine === 3 ? { PREFECT_API_URL: url } : { PREFECT__CLOUD__API: url, PREFECT__BACKEND: 'server' }),
  };
}

const files: Contestant['files'] = ({ engine }) => ({
  'package.json': JSON.stringify({ name: 'team', private: true }),
  'nx.json': nxJson(engine),
});

export const ours: Contestant = {
  key: 'ours',
  name: 'nx-prefect',
  what: '`nx run-many -t register`, without a daemon',
  engines: [3, 1],
  scenarios: SCENARIOS,
  writes: (scenario, edit) => (scenario === 'nothing' ? [] : edit?.flows),
  files,
  command: () => [process.execPath, NX, 'run-many', '-t', 'register'],
  env: (target) => apiOf(target, target.s3 ? 1 : 3),
};

/** What Nx takes for itself: the second time, everything comes from its cache. */
export const build: Contestant = {
  key: 'build',
  name: 'cached build',
  what: "`nx run-many -t build` of the same flows; with nothing to do, all from Nx's cache: Nx's own time",
  engines: [3, 1],
  scenarios: ['first', 'nothing'],
  readsOnly: true,
  files,
  command: () => [process.execPath, NX, 'run-many', '-t', 'build'],
  env: () => ({}),
};
