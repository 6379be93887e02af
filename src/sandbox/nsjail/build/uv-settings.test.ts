import { describe, expect, it } from 'vitest';
import { toUvVariables } from './uv-settings.ts';

describe('toUvVariables', () => {
  it("says pip's settings in uv's words", () => {
    const variables = toUvVariables({
      PIP_INDEX_URL: 'https://index.test/simple',
      PIP_EXTRA_INDEX_URL: 'https://one.test/simple\nhttps://two.test/simple',
      PIP_FIND_LINKS: '/work/links/0 https://links.test/',
      PIP_DEFAULT_TIMEOUT: '12.5',
      PIP_CERT: '{files}/cert.pem',
      PIP_PROXY: 'http://proxy.test:3128',
      SSL_CERT_FILE: '{files}/trusted.pem',
      no_proxy: 'localhost',
    });
    expect(variables).toEqual({
      UV_INDEX_STRATEGY: 'unsafe-best-match',
      UV_DEFAULT_INDEX: 'https://index.test/simple',
      UV_INDEX: 'https://one.test/simple https://two.test/simple',
      UV_FIND_LINKS: '/work/links/0,https://links.test/',
      UV_HTTP_TIMEOUT: '13',
      // A certificate that pip was told of takes precedence over those that the machine trusts.
      SSL_CERT_FILE: '{files}/cert.pem',
      HTTP_PROXY: 'http://proxy.test:3128',
      HTTPS_PROXY: 'http://proxy.test:3128',
      no_proxy: 'localhost',
    });
  });

  it('names no index where pip may ask none', () => {
    const variables = { PIP_NO_INDEX: 'yes', PIP_EXTRA_INDEX_URL: 'https://one.test/simple' };
    expect(toUvVariables(variables)).toEqual({
      UV_INDEX_STRATEGY: 'unsafe-best-match',
      UV_NO_INDEX: 'true',
    });
  });
});
