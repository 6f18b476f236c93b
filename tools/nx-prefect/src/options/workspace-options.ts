import { z } from 'zod';
import { saidOf } from './flow-options';
import { schema as prune } from './prune-options';
import { schema as status } from './status-options';

/** The options of the root's targets, for `--help`. Each target takes its own only. */
export const schema = z.strictObject({ ...saidOf('prune', prune.shape), ...saidOf('status, prune', status.shape) });
