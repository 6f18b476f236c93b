import { z } from 'zod';
import { environmentName } from './environment';
import { text } from './option-types';
import { httpUrl } from './place-types';
import { reportOptions } from './report-options';

export const schema = z.strictObject({
  apiUrl: httpUrl.optional().describe('Address of the Prefect API. Default: as register finds it.'),
  configuration: text.optional().describe('Configuration of the register targets, for example production.'),
  environment: environmentName.optional().describe('Environment. Default: as the register targets say.'),
  ...reportOptions,
});
