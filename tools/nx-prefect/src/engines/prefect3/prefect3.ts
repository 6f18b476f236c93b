import type { Engine } from '../engine';
import type { LoadedPrefect3 } from './loaded-prefect3';
import type { Prefect3Manifest } from './prefect3-manifest';
import { prefectYamlTexts } from './prefect-yaml-texts';
import { findConnection } from './rest-connection';
import { settingsOf } from './prefect3-settings';
import { RestServer } from './rest-server';
import { wantedDeployments } from './wanted-deployments';

/** Prefect 3: flows with deployments, servers that speak REST. */
export const prefect3: Engine<Prefect3Manifest, LoadedPrefect3> = {
  name: 'prefect3',
  versions: /^3\./,
  words: {
    noun: 'deployment',
    rename:
      'Give one of the flows another name (@flow(name=...)) or one of the deployments another name; ' +
      'the option deploymentName may be "{project}-{flow}", after the folders.',
  },
  prepareLoad: (...flow) => ({ prefectYaml: prefectYamlTexts(...flow) }),
  // Loaded only where something is built.
  describe: async (...flow) => (await import('./describe-flow.js')).describeFlow(...flow),
  summary: ({ registrations, code }) => ({
    names: registrations.map(({ flowName, fields }) => (fields.name ? `${flowName}/${fields.name}` : flowName)),
    digest: code.digest,
  }),
  connection: ({ workspaceRoot, options, env }) =>
    findConnection(workspaceRoot, options.apiUrl, settingsOf(workspaceRoot, env)),
  defaultWorkPool: ({ workspaceRoot, env }) => settingsOf(workspaceRoot, env).get('workPool'),
  wanted: wantedDeployments,
  connect: (connection, options) => new RestServer(connection, options),
};
