import { existsSync } from 'node:fs';

const proxyNames = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
];

/** Finds the certificates that programs of this machine trust; undefined when it has no bundle of them. */
export const findTrusted = (...first: readonly (string | undefined)[]): string | undefined =>
  [...first, process.env['SSL_CERT_FILE'], process.env['REQUESTS_CA_BUNDLE'], ...bundles].find(
    (file) => file !== undefined && existsSync(file),
  );

/** Reads the variables for the proxy of this machine's programs. */
export const readProxies = (): Record<string, string> =>
  Object.fromEntries(
    proxyNames
      .flatMap((lower) => [lower, lower.toUpperCase()])
      .flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
  );
