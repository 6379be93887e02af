import { validRange } from '@renovatebot/pep440';
import { RequirementComplaint } from './complaint.ts';
import { readMarker } from './marker.ts';
import { createKind, createScanner, createWordKind, type Scanner } from './scanner.ts';

/** A package of an index by name (PEP 508), in parts that contain no line end. */
export interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  /** `>=25`, `==1.*`. */
  readonly specifiers: readonly string[];
  readonly marker: string | undefined;
  /** `sha256:…`, in hexadecimal digits. */
  readonly hashes: readonly string[];
}

const operators = ['===', '==', '~=', '!=', '<=', '>=', '<', '>'] as const;
const hashLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
]);

const namePart = createWordKind('._-');
const versionPart = createWordKind('.*+!_-');
const wordEnd = createWordKind('');
const hexDigit = createKind('0123456789abcdefABCDEF');

/** Text allowed before `.*`: an epoch and a release, but no pre-release (PEP 440); `validRange` accepts more. */
const anyOfRelease = /^v?(?:\d+!)?\d+(?:\.\d+)*\.\*$/i;

/** Longest name or version, in UTF-16 units; names in indexes are far shorter. */
const MOST_WORD = 200;

/**
 * Parses a requirement, with the hashes that may follow it in a lock, in time proportional to its length.
 * @throws RequirementComplaint that says why it is invalid, as the end of a sentence.
 */
export function parseRequirement(text: string): Requirement {
  const scanner = createScanner(text);
  scanner.skipSpace();
  const name = readName(
    scanner,
    'is no requirement by name, such as "attrs>=25"; URLs and paths are not taken',
  );
  scanner.skipSpace();
  const extras = scanner.skip('[') ? readExtras(scanner) : [];
  scanner.skipSpace();
  if (scanner.peek() === '@') {
    throw new RequirementComplaint(
      'says where the package lies: only names are taken, URLs and paths are not',
    );
  }
  const specifiers = readSpecifiers(scanner);
  scanner.skipSpace();
  const marker = scanner.skip(';') ? readMarker(scanner) : undefined;
  const hashes = readHashes(scanner);
  if (scanner.isAtEnd()) return { name, extras, specifiers, marker, hashes };
  throw new RequirementComplaint(
    `is no requirement by name, such as "attrs>=25": it has ${JSON.stringify(scanner.peek())} where it should end; URLs and paths are not taken`,
  );
}

/** Writes a requirement as one line for pip and uv. */
export function writeRequirement({ name, extras, specifiers, marker, hashes }: Requirement): string {
  const more = extras.length === 0 ? '' : `[${extras.join(',')}]`;
  const condition = marker === undefined ? '' : ` ; ${marker}`;
  const options = hashes.map((hash) => ` --hash=${hash}`).join('');
  return `${name}${more}${specifiers.join(',')}${condition}${options}`;
}

/** Whether exactly one version fits, and its files are fixed by hashes. */
export const isLocked = ({ specifiers, hashes }: Requirement): boolean =>
  hashes.length > 0 && specifiers.some((one) => one.startsWith('==') && !one.endsWith('.*'));

const isVersion = (operator: string, version: string): boolean =>
  validRange(operator + version) &&
  (operator === '===' || !version.endsWith('.*') || anyOfRelease.test(version));

function readName(scanner: Scanner, complaint: string): string {
  const name = scanner.readRun(namePart);
  if (
    isWordEnd(name.charCodeAt(0)) &&
    isWordEnd(name.charCodeAt(name.length - 1)) &&
    name.length <= MOST_WORD
  )
    return name;
  throw new RequirementComplaint(complaint);
}

function readExtras(scanner: Scanner): string[] {
  const extras: string[] = [];
  scanner.skipSpace();
  if (scanner.skip(']')) return extras;
  for (;;) {
    scanner.skipSpace();
    extras.push(readName(scanner, 'has extras that are no names'));
    scanner.skipSpace();
    if (scanner.skip(']')) return extras;
    if (!scanner.skip(',')) throw new RequirementComplaint('has extras without a "]" at their end');
  }
}

function readSpecifiers(scanner: Scanner): string[] {
  const isInBrackets = scanner.skip('(');
  scanner.skipSpace();
  const specifiers: string[] = [];
  for (let operator = readOperator(scanner); operator !== undefined; operator = readOperator(scanner)) {
    scanner.skipSpace();
    const version = scanner.readRun(versionPart);
    if (version.length > MOST_WORD || !isVersion(operator, version)) {
      throw new RequirementComplaint(`has "${operator}" without a version that fits it`);
    }
    specifiers.push(operator + version);
    scanner.skipSpace();
    if (!scanner.skip(',')) break;
    // Python reads the comma and the rest as a part of the version.
    if (operator === '===') throw new RequirementComplaint('has "===" before other versions: it stands last');
    scanner.skipSpace();
    if (!operators.some((one) => one.startsWith(scanner.peek()) && scanner.peek() !== '')) {
      throw new RequirementComplaint('has a "," without a version behind it');
    }
  }
  if (isInBrackets && !scanner.skip(')')) throw new RequirementComplaint('lacks a ")" behind its versions');
  return specifiers;
}

const readOperator = (scanner: Scanner): string | undefined => operators.find((one) => scanner.skip(one));

function readHashes(scanner: Scanner): string[] {
  const hashes: string[] = [];
  for (;;) {
    scanner.skipSpace();
    if (!scanner.skip('--hash')) return hashes;
    if (!scanner.skip('=') && !scanner.skipSpace())
      throw new RequirementComplaint('has a --hash without a value');
    const algorithm = scanner.readRun(wordEnd);
    const digits = scanner.skip(':') ? scanner.readRun(hexDigit) : '';
    if (digits.length !== hashLengths.get(algorithm)) {
      throw new RequirementComplaint('has a --hash that is none of sha256, sha384 or sha512');
    }
    hashes.push(`${algorithm}:${digits.toLowerCase()}`);
  }
}

const isWordEnd = (code: number): boolean => wordEnd[code] === 1;
