import type { Engine } from '../engine';
import { completeScript, flowRegistrations, writeScript } from './flow-registrations';
import { findGraphqlConnection } from './graphql-connection';
import { GraphqlServer } from './graphql-server';
import type { LoadedPrefect1 } from './loaded-prefect1';
import type { Prefect1Manifest } from './prefect1-manifest';
import { wantedFlows } from './wanted-flows';

/** Prefect 0.15 to 1.x: flows that serialize themselves, servers that speak GraphQL. */
export const prefect1: Engine<Prefect1Manifest, LoadedPrefect1> = {
  name: 'prefect1',
  versions: /^(0\.1[5-9]|1)\./,
  words: {
    noun: 'flow',
    rename:
      'Give one of the flows another name (Flow("...")), or its folder another Prefect project ' +
      '(the option "prefectProject").',
  },
  prepareLoad: (_workspaceRoot, flow) => ({ script: writeScript(flow) }),
  complete: completeScript,
  describe: async (flow, loaded) => flowRegistrations(flow, loaded),
  summary: ({ registrations, script }) => ({
    names: registrations.map(({ flowName }) => flowName),
    digest: script.digest,
  }),
  connection: ({ options, env }) => findGraphqlConnection(options.apiUrl, env),
  wanted: wantedFlows,
  connect: (connection, options) => new GraphqlServer(connection, options),
};
