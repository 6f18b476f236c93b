import type { InitRow } from '../../report/init-lines';
import type { Findings } from './findings';

/** What was found, each with the place that says it. */
export function foundRows({ flows, environments, servers, needsPool, bucket }: Findings): InitRow[] {
  const { flows: all, namedBy, undeployed, notes } = flows;
  return [
    ...all.map(({ file, name }) => ({
      what: 'flow',
      value: name,
      from: [file, ...(namedBy.get(file) ?? [])].join(', '),
    })),
    ...undeployed.map((file) => ({
      what: 'no flow',
      value: file,
      from: 'it defines a flow that nothing names: --flows would make it one',
    })),
    ...environments.map(({ place, python, prefect, flows: its }) => ({
      what: 'Python',
      value: `${python}, ${prefect === undefined ? 'no Prefect' : `Prefect ${prefect}`}`,
      from: its.length === all.length ? place : `${place}, of ${its.length} of ${all.length} flows`,
    })),
    ...servers.flatMap(({ server, workPool, engine }) => [
      ...(server ? [{ what: 'server', value: server.text, from: server.from }] : []),
      ...(workPool && needsPool && engine.defaultWorkPool
        ? [{ what: 'work pool', value: workPool.text, from: workPool.from }]
        : []),
    ]),
    bucket
      ? { what: 'code', value: `s3://${bucket.text}`, from: bucket.from }
      : {
          what: 'code',
          value: '.prefect-code/',
          from: 'no bucket was found: workers on this machine alone can load it',
        },
    ...notes.map((note) => ({ what: 'warning', value: note })),
  ];
}
