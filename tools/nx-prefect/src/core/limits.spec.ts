import { limitsFrom } from './limits';

it('limits are seconds in variables, 60 unless set', () => {
  expect(limitsFrom({})).toEqual({ silenceMs: 90_000, patienceMs: 60_000 });
  expect(limitsFrom({ NX_PREFECT_SILENCE: '0.5', NX_PREFECT_PATIENCE: '' })).toEqual({
    silenceMs: 500,
    patienceMs: 60_000,
  });
  for (const wrong of ['0', '-1', 'soon', '1e9'])
    expect(() => limitsFrom({ NX_PREFECT_SILENCE: wrong })).toThrow(/NX_PREFECT_SILENCE is .*\[bad-variable\]/);
});
