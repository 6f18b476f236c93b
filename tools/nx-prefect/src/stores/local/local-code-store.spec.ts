import { LocalCodeStore } from './local-code-store';

it('lets a worker on this machine run in the folder', () => {
  expect(new LocalCodeStore('/w').pullSteps('abc')).toEqual([
    { 'prefect.deployments.steps.set_working_directory': { directory: '/w/.prefect-code/abc' } },
  ]);
});
