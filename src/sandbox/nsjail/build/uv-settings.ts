/** Names of uv's variables for those of pip; both take several values separated by blanks, unless noted. */
const names: Readonly<Record<string, string>> = {
  PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
  PIP_EXTRA_INDEX_URL: 'UV_INDEX',
  PIP_NO_INDEX: 'UV_NO_INDEX',
  PIP_FIND_LINKS: 'UV_FIND_LINKS',
  PIP_TRUSTED_HOST: 'UV_INSECURE_HOST',
  PIP_DEFAULT_TIMEOUT: 'UV_HTTP_TIMEOUT',
  PIP_TIMEOUT: 'UV_HTTP_TIMEOUT',
  PIP_RETRIES: 'UV_HTTP_RETRIES',
  PIP_CERT: 'SSL_CERT_FILE',
  PIP_CLIENT_CERT: 'SSL_CLIENT_CERT',
};
const truths = new Set(['1', 'true', 'yes', 'on', 'y', 't']);

/** Translates pip's variables for uv, which reads none of pip's configuration. */
export function toUvVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  const translated: Record<string, string> = {
    // pip takes the best version of all its indexes.
    UV_INDEX_STRATEGY: 'unsafe-best-match',
  };
  for (const [name, value] of Object.entries(variables)) {
    const uvName = names[name];
    if (uvName === undefined && !name.startsWith('PIP_')) translated[name] ??= value;
    if (uvName !== undefined) translated[uvName] = translate(uvName, value);
  }
  // uv would still ask the indexes that are named.
  if (translated['UV_NO_INDEX'] === 'true') {
    delete translated['UV_INDEX'];
    delete translated['UV_DEFAULT_INDEX'];
  }
  const proxy = variables['PIP_PROXY'];
  if (proxy !== undefined) for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) translated[name] = proxy;
  return translated;
}

function translate(name: string, value: string): string {
  const words = value.split(/\s+/).filter(Boolean);
  if (name === 'UV_FIND_LINKS') return words.join(',');
  if (name === 'UV_NO_INDEX') return truths.has(value.toLowerCase()) ? 'true' : 'false';
  // pip accepts fractions of a second.
  return name === 'UV_HTTP_TIMEOUT' ? String(Math.ceil(Number(value))) : words.join(' ');
}
