import { BUILDS } from './error-codes/builds';
import { CODE_PLACES } from './error-codes/code-places';
import { DECLARATIONS } from './error-codes/declarations';
import { IMAGES } from './error-codes/images';
import { REGISTRATIONS } from './error-codes/registrations';
import { SERVERS } from './error-codes/servers';
import { WORKSPACE } from './error-codes/workspace';

/** What a code means wherever it appears, in whole sentences: `docs/reference/errors.md` is made of these. */
export interface ErrorMeaning {
  cause: string;
  remedy: string;
}

/** Every code that an error can have, including the codes that the Python worker sends. */
export const ERROR_CODES = {
  ...BUILDS,
  ...CODE_PLACES,
  ...DECLARATIONS,
  ...IMAGES,
  ...REGISTRATIONS,
  ...SERVERS,
  ...WORKSPACE,
} as const satisfies Record<string, ErrorMeaning>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** For codes that come from another process. */
export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}
