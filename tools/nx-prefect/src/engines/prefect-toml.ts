import { parse } from 'smol-toml';
import { FlowError, type FlowErrorDetails } from '../core/errors';
import { readTextIfThere } from '../core/read-file';

/**
 * A file of Prefect's own configuration; an empty table if there is no file.
 *
 * @param words what an error says besides
 * @throws FlowError `prefect-configuration` for a file that is no TOML
 */
export function readPrefectToml(path: string, words: Pick<FlowErrorDetails, 'next' | 'file'>): Record<string, unknown> {
  try {
    return parse(readTextIfThere(path) ?? '');
  } catch (cause) {
    throw new FlowError({
      code: 'prefect-configuration',
      what: `Prefect's own configuration ${path} can't be read (${(cause as Error).message.split('\n')[0]}).`,
      ...words,
      cause,
    });
  }
}
