import { withRequirements } from './requirements-step';

const steps = [{ 'prefect.deployments.steps.set_working_directory': { directory: '/app' } }];
const shipped = { flow: 'p-f', files: { 'flows/p/f/requirements.txt': 'a' } };

describe('installRequirements', () => {
  it('is off by default', () => {
    expect(withRequirements({ pullSteps: steps }, undefined, shipped)).toEqual({ pullSteps: steps });
  });

  it('adds one step, after those that bring the code', () => {
    const delivery = { pullSteps: steps, image: 'team/code@sha256:1' };
    expect(withRequirements(delivery, 'flows/p/f/requirements.txt', shipped)).toEqual({
      image: 'team/code@sha256:1',
      pullSteps: [
        ...steps,
        {
          'prefect.deployments.steps.pip_install_requirements': {
            directory: '{{ directory }}',
            requirements_file: 'flows/p/f/requirements.txt',
          },
        },
      ],
    });
  });

  it('refuses a file that no worker would have', () => {
    expect(() => withRequirements({ pullSteps: steps }, 'requirements.txt', shipped)).toThrow(
      /p-f requirements\.txt: .*does not ship with the flow.*"dataFiles".*\[requirements-not-shipped\]/,
    );
  });
});
