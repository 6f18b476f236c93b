import { LocalCodeStore } from './local/local-code-store';
import { S3CodeStore } from './s3/s3-code-store';
import { s3Url, storeOpener } from './stores';

it('one value chooses the store, and a place has one store', () => {
  const open = storeOpener('/w');
  expect(open({ url: 'local:' })).toBeInstanceOf(LocalCodeStore);
  const store = open({ url: s3Url('Team_Flows', 'a b/c') });
  expect(store).toBeInstanceOf(S3CodeStore);
  expect(store.pullSteps('abc', undefined)).toEqual([
    { 'prefect_aws.deployments.steps.pull_from_s3': { bucket: 'Team_Flows', folder: 'a b/c/abc' } },
  ]);
  expect(open({ url: 's3://Team_Flows/a b/c' })).toBe(store);
  expect(open({ url: 's3://Team_Flows/a b/c', awsRegion: 'eu-west-1' })).not.toBe(store);
});
