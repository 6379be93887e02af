/** What stands in place of a secret. */
const HIDDEN = '****';
/** User and password in an address, whatever program wrote it. */
const userInfo = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

/**
 * Makes a function that takes the credentials in addresses out of a text: those of `values` wherever they stand, and
 * any that stand in an address; and `given`, which are secret as they are.
 */
export function createRedactor(
  values: readonly string[],
  given: readonly string[] = [],
): (text: string) => string {
  const secrets = new Set(given.filter((secret) => secret.length > 3));
  for (const value of values) {
    for (const [address] of value.matchAll(/[a-z][a-z0-9+.-]*:\/\/[^\s/@]+@/gi)) {
      const info = address.slice(address.indexOf('//') + 2, -1);
      const password = info.slice(info.indexOf(':') + 1);
      for (const secret of [info, password, decode(password)]) if (secret.length > 3) secrets.add(secret);
    }
  }
  const longestFirst = [...secrets].toSorted((one, other) => other.length - one.length);
  return (text) => {
    let redacted = text.replaceAll(userInfo, `$1${HIDDEN}@`);
    for (const secret of longestFirst) redacted = redacted.replaceAll(secret, HIDDEN);
    return redacted;
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
