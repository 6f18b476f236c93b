import { refuseSecret, secretOf } from './secret-files';

const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAabcdefgh\n-----END RSA PRIVATE KEY-----\n';
const AWS = '[default]\naws_secret_access_key = wJalrXUtnFEMIK7MDENGbPxRfiCY0123456789ab\n';

describe('files that look like secrets', () => {
  it.each([
    ['.netrc', ''],
    ['sub/_netrc', ''],
    ['id_rsa', ''],
    ['id_ed25519', ''],
    ['.env', ''],
    ['.env.production', ''],
    ['.pypirc', ''],
    ['.git-credentials', ''],
    ['team.kdbx', ''],
    ['client.p12', ''],
    ['home/.aws/credentials', ''],
    ['application_default_credentials.json', '{}'],
    ['server.pem', KEY],
    ['server.key', KEY.replace('RSA ', '')],
    ['notes.txt', `my key:\n${KEY}`],
    ['account.json', JSON.stringify({ private_key: KEY })],
    ['key.asc', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n'],
    ['flow.py', `KEY = """${KEY}"""`],
    ['flow.py', `KEY = ${JSON.stringify(KEY)}`],
    ['creds.txt', AWS],
    ['.npmrc', '//registry.npmjs.org/:_authToken=npm_0123456789\n'],
  ])('%s', (path, content) => {
    expect(secretOf(`flows/p/f/${path}`, Buffer.from(content))).toBeDefined();
  });

  it.each([
    ['flow.py', 'if "-----BEGIN PRIVATE KEY-----" in text:\n    raise ValueError\n'],
    ['server.pem', '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n'],
    ['id_rsa.pub', 'ssh-rsa AAAA'],
    ['public.key', '-----BEGIN PUBLIC KEY-----\n'],
    ['.env.example', 'TOKEN=\n'],
    ['environment.py', ''],
    ['.npmrc', '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n'],
    ['settings.ini', 'aws_secret_access_key =\n'],
    ['credentials.py', 'import os\n'],
    ['data.bin', '\0\0'],
  ])('not %s: %s', (path, content) => {
    expect(secretOf(`flows/p/f/${path}`, Buffer.from(content))).toBeUndefined();
  });

  it('are refused by name, where a link leads counts too, and the option allows them by name', () => {
    const refuse = (allowed: string[]) => () =>
      refuseSecret('p-f', ['flows/p/f/plain.txt', 'flows/p/.netrc'], Buffer.from('machine x'), allowed);
    expect(refuse([])).toThrow(
      expect.objectContaining({ code: 'secret-file', place: { flow: 'p-f', file: 'flows/p/f/plain.txt' } }),
    );
    expect(refuse(['**/other.txt'])).toThrow('[secret-file]');
    expect(refuse(['flows/p/f/plain.txt'])).not.toThrow();
    expect(refuse(['**/plain.*'])).not.toThrow();
  });
});
