import { redact } from '../errors';
import { proxyFor } from './proxy-for';

const HTTPS = 'https://api.example.com/api';

describe('proxyFor', () => {
  it.each<[string, string, Record<string, string>, string | undefined]>([
    ['none', HTTPS, {}, undefined],
    ['of the scheme', HTTPS, { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:1' }, 's:1'],
    ['of the other scheme', 'http://x.org', { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:1' }, 'p:1'],
    ['not of the other scheme', HTTPS, { HTTP_PROXY: 'http://p:1' }, undefined],
    ['of all schemes', HTTPS, { ALL_PROXY: 'http://a:1' }, 'a:1'],
    ['in lower case before upper case', HTTPS, { https_proxy: 'http://l:1', HTTPS_PROXY: 'http://u:1' }, 'l:1'],
    ['without a scheme', HTTPS, { HTTPS_PROXY: 'proxy:3128' }, 'proxy:3128'],
    ['an empty variable', HTTPS, { HTTPS_PROXY: '' }, undefined],
    ['an address that is none', 'minio', { HTTPS_PROXY: 'http://s:1' }, undefined],
  ])('%s', (_what, url, env, host) => {
    expect(proxyFor(url, env)?.host).toBe(host);
  });

  it.each<[string, string, boolean]>([
    ['api.example.com', HTTPS, true],
    ['example.com', HTTPS, true],
    ['.example.com', HTTPS, true],
    ['*.example.com', HTTPS, true],
    ['other.org, EXAMPLE.com', HTTPS, true],
    ['*', HTTPS, true],
    ['ple.com', HTTPS, false],
    ['example.com:443', HTTPS, true],
    ['example.com:8443', HTTPS, false],
    ['', HTTPS, false],
    ['localhost,127.0.0.1', 'https://127.0.0.1:4200/api', true],
    ['::1', 'https://[::1]:4200/api', true],
    ['localhost', 'https://127.0.0.1:4200/api', false],
  ])('NO_PROXY=%s and %s', (NO_PROXY, url, excepted) => {
    expect(proxyFor(url, { HTTPS_PROXY: 'http://s:1', NO_PROXY }) === undefined).toBe(excepted);
  });

  it('a password stays out of messages, and a proxy of another kind is refused', () => {
    proxyFor(HTTPS, { HTTPS_PROXY: 'http://user:geheim%21@p:1' });
    expect(redact('geheim%21 geheim!')).toBe('*** ***');
    expect(() => proxyFor(HTTPS, { ALL_PROXY: 'socks5://user:geheim@p:1' })).toThrow(/ALL_PROXY .*\[bad-variable\]/);
  });
});
