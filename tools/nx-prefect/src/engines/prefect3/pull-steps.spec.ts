import { pullSteps } from './pull-steps';

describe('pullSteps', () => {
  it('lets the worker pull by role, or with a block', () => {
    const location = { kind: 's3' as const, bucket: 'team', folder: 'code/abc' };
    const step = 'prefect_aws.deployments.steps.pull_from_s3';
    expect(pullSteps(location, undefined)).toEqual([{ [step]: { bucket: 'team', folder: 'code/abc' } }]);
    expect(pullSteps(location, 'aws-credentials/prod')).toEqual([
      { [step]: { bucket: 'team', folder: 'code/abc', credentials: '{{ prefect.blocks.aws-credentials.prod }}' } },
    ]);
  });

  it('lets a worker on this machine run in the folder', () => {
    expect(pullSteps({ kind: 'local', folder: '/w/.prefect-code/abc' }, undefined)).toEqual([
      { 'prefect.deployments.steps.set_working_directory': { directory: '/w/.prefect-code/abc' } },
    ]);
  });
});
