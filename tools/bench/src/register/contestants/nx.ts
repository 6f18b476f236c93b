import { readFileSync } from 'node:fs';
import { NX } from '../../paths';
import { SCENARIOS, type Contestant, type Target } from '../contestant';
import { type Engine, lockOf } from '../engine';
import type { GeneratedWorkspace } from '../workspace';

export const BUCKET = 'bench-flows';

function nxJson(engine: Engine, inBucket: boolean): string {
  const register = {
    ...(engine === 3 ? { workPool: 'pool' } : { labels: ['bench'], prefectProject: 'bench' }),
    ...(inBucket ? { s3Bucket: BUCKET } : {}),
  };
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

const filesOf = ({ engine }: GeneratedWorkspace, inBucket = engine === 1) => ({
  'package.json': JSON.stringify({ name: 'team', private: true }),
  'nx.json': nxJson(engine, inBucket),
  // What another machine may take has to be locked.
  'requirements.txt': readFileSync(lockOf(engine), 'utf8'),
});
const files: Contestant['files'] = (workspace) => filesOf(workspace);

export const ours: Contestant = {
  key: 'ours',
  name: 'nx-prefect',
  what: '`nx run-many -t register`, without a daemon',
  engines: [3, 1],
  scenarios: SCENARIOS.filter((scenario) => scenario !== 'fresh'),
  writes: (scenario, edit) => (scenario === 'nothing' ? [] : edit?.flows),
  files,
  command: () => [process.execPath, NX, 'run-many', '-t', 'register'],
  env: (target) => apiOf(target, target.engine),
};

/** Another machine with nothing but the source: empty caches, another path, and what the first one put into S3. */
export const fresh: Contestant = {
  ...ours,
  key: 'fresh',
  name: 'nx-prefect, code in S3',
  what: 'the same with code in S3; "fresh" is a checkout with empty caches on another path',
  scenarios: ['first', 'nothing', 'fresh'],
  inBucket: true,
  writes: (scenario) => (scenario === 'first' ? undefined : []),
  files: (workspace) => filesOf(workspace, true),
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
