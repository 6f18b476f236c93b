import { posix } from 'node:path';
import { FlowError } from '../core/errors';
import { globPattern } from '../core/glob';

/** Names that are secrets whatever is in them. */
const NAMES: readonly RegExp[] = [
  /^[._]netrc$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /^\.env(\.(?!(example|sample|template|dist)$).+)?$/,
  /^\.(pypirc|pgpass|git-credentials|htpasswd)$/,
  /\.(p12|pfx|kdbx|ppk)$/,
  /^application_default_credentials\.json$/,
];

/** Code and prose may speak of the first line of a key; there, the key has to follow. */
const SPEAKS_OF_KEYS = /\.(pyi?|md|rst|sh|sql|html|ipynb)$/i;
const KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;
const KEY_WITH_BODY = new RegExp(`${KEY.source}(?:\\s|\\\\r|\\\\n|["'])+[\\w+/=:-]{16,}`);

const AWS_KEY = /aws_secret_access_key["']?\s*[=:]\s*["']?[A-Za-z0-9/+=]{30,}/i;
/** A value, and not the name of a variable that holds it. */
const NPM_TOKEN = /(?:_authToken|_auth|_password)\s*=\s*["']?(?!\$\{)\S/;

/**
 * Refuses a file that looks like a secret: it would lie where every worker reads, and in a bucket for good.
 * @param paths where it ships from, and where a link there leads
 * @param allowed patterns of the option `allowSecretFiles`
 * @throws FlowError `secret-file`; what the file holds is never said
 */
export function refuseSecret(
  flow: string,
  [file, ...targets]: readonly [string, ...string[]],
  content: Buffer,
  allowed: readonly string[],
): void {
  const why = [file, ...targets].map((path) => secretOf(path, content)).find((found) => found !== undefined);
  if (why === undefined || allowed.some((glob) => glob === file || globPattern(glob).test(file))) return;
  throw new FlowError({
    code: 'secret-file',
    flow,
    file,
    what: `The file looks like a secret (${why}) and would ship with the flow.`,
    next:
      'Take it out, and read the secret inside the flow from the environment or a Prefect block; ' +
      'if it has to ship, name the file in the option "allowSecretFiles" of build.',
  });
}

/** Why a file looks like a secret. */
export function secretOf(path: string, content: Buffer): string | undefined {
  const name = posix.basename(path).toLowerCase();
  if (NAMES.some((pattern) => pattern.test(name)) || path.endsWith('.aws/credentials')) return `it is called ${name}`;
  const holds = (mark: string, pattern: RegExp) => content.includes(mark) && pattern.test(content.toString('latin1'));
  if (holds('PRIVATE KEY', SPEAKS_OF_KEYS.test(name) ? KEY_WITH_BODY : KEY)) return 'it holds a private key';
  if (!name.endsWith('.py') && content.length < MOST && AWS_KEY.test(content.toString('latin1')))
    return 'it holds a secret key of AWS';
  if (name === '.npmrc' && NPM_TOKEN.test(content.toString('latin1'))) return 'it holds a token';
  return undefined;
}

/** Bytes; credentials files are small, and data may be large. */
const MOST = 1 << 20;
