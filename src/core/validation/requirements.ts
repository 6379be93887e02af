import { quote } from './words.ts';

/** A requirement by name (PEP 508), its specifiers and marker; no URL and no path. */
const requirement =
  /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?:\s*\[[a-z0-9._,\s-]*\])?\s*(?:\(?\s*(?:===|==|~=|!=|<=|>=|<|>)\s*[a-z0-9.*+!_-]+(?:\s*,\s*(?:===|==|~=|!=|<=|>=|<|>)\s*[a-z0-9.*+!_-]+)*\s*\)?)?\s*(?:;\s*[a-z('"][^#@\\]{1,400})?$/i;
const hash = /\s+--hash=(?:sha256|sha384|sha512):[0-9a-f]{64,128}/g;

/**
 * Why the lines of a requirements file are not taken; undefined where they are. Requirements name packages of the
 * operator's index and nothing else: options, URLs and paths would let a caller choose what the host talks to.
 */
export function complainAboutRequirements(lines: readonly string[], isLock: boolean): string | undefined {
  let number = 0;
  let whole = '';
  for (const line of lines) {
    number += 1;
    const text = line.replace(/(^|\s)#.*$/, '').trimEnd();
    if (text.endsWith('\\')) {
      whole += `${text.slice(0, -1)} `;
      continue;
    }
    const complaint = complain((whole + text).trim(), isLock);
    if (complaint !== undefined) return `Line ${number}: ${complaint}`;
    whole = '';
  }
  return whole.trim() === '' ? undefined : `Line ${number}: it ends with "\\".`;
}

function complain(text: string, isLock: boolean): string | undefined {
  if (text === '') return undefined;
  const bare = text.replaceAll(hash, '').trim();
  const shown = quote(bare.slice(0, 100));
  if (bare.startsWith('-')) return `${shown} is an option of pip; only requirements are taken.`;
  if (bare.length > 1000 || !requirement.test(bare)) {
    return `${shown} is no requirement by name, such as "attrs>=25"; URLs and paths are not taken.`;
  }
  if (isLock && (!/={2,3}/.test(bare) || bare === text)) {
    return `${shown} has no pinned version with hashes, which a lock has for every package.`;
  }
  return undefined;
}
