import { z } from 'zod';
import { parseOptions } from './parse-options';

const schema = z.strictObject({ workPool: z.string().optional(), takeOver: z.boolean().default(false) });

it.each([
  [{ dryRun: true }, 'There is no option "dryRun". Did you mean the target plan'],
  [{ 'dry-run': true }, 'Did you mean the target plan'],
  [{ workPol: 'a' }, 'Did you mean the option workPool?'],
  [{ nonsense: 1 }, 'There is no option "nonsense". The options: nx run p-a:register --help'],
  [{ workPool: 3 }, 'The option "workPool" is not right: '],
])('%j: %s', (options, says) => expect(() => parseOptions(schema, 'p-a:register', options)).toThrow(says));
