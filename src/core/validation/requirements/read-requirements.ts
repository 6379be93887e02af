import type { BuildRequest } from '../../contract/environment.ts';
import { quote } from '../../text/words.ts';
import { RequirementComplaint } from './complaint.ts';
import { isLocked, parseRequirement, writeRequirement, type Requirement } from './requirement.ts';

/** Longest requirement without its hashes, in UTF-16 units. */
const MOST_LENGTH = 1000;
const MOST_HASHES = 2000;
/** Maximum number of lines of a file. */
const MOST_LINES = 20_000;
const MOST_REQUIREMENTS = 2000;
const TAB = 9;

/**
 * True for characters that some program reads as the end of a line, or a terminal as a command: C0, DEL, C1, and two
 * of Unicode's own.
 */
const isControl = (code: number): boolean =>
  code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x20_28 || code === 0x20_29;

/**
 * Reads the requirements of a request for Python; none when it has a set-up script.
 * @throws RequirementComplaint that names the entry or line, in a sentence.
 */
export function readRequirements({
  packages,
  requirements,
  lock,
}: Partial<Pick<BuildRequest, 'packages' | 'requirements' | 'lock'>>): Requirement[] {
  if (packages !== undefined) return readRequirementList(packages);
  return readRequirementFile(lock ?? requirements ?? '', lock !== undefined);
}

/** Writes the file for pip and uv from the parsed parts, so that nothing else of the request reaches them. */
export const writeRequirementFile = (requirements: readonly Requirement[]): string =>
  requirements.map((requirement) => `${writeRequirement(requirement)}\n`).join('');

/**
 * Reads the requirements of a list. They name packages of the operator's index and nothing else: options, URLs and
 * paths would let a caller choose the hosts that are contacted.
 * @throws RequirementComplaint that names the entry, in a sentence.
 */
export const readRequirementList = (entries: readonly string[]): Requirement[] =>
  entries.map((entry, index) => {
    const place = `packages[${index}]`;
    refuseControls(entry, place);
    return readOne(entry, place);
  });

/**
 * Reads the requirements of a file, which may contain comments, empty lines and continued lines (`\`).
 * @param isLock requires a version and hashes for each.
 * @throws RequirementComplaint that names the line, in a sentence.
 */
export function readRequirementFile(text: string, isLock: boolean): Requirement[] {
  const requirements: Requirement[] = [];
  let whole: string[] = [];
  let number = 0;
  const lines = text.split('\n', MOST_LINES + 1);
  if (lines.length > MOST_LINES)
    throw new RequirementComplaint(`More than ${MOST_LINES} lines are not taken.`);
  for (const line of lines) {
    number += 1;
    const place = `Line ${number}`;
    const plain = line.endsWith('\r') ? line.slice(0, -1) : line;
    refuseControls(plain, place);
    const { content, hasComment } = dropComment(plain);
    if (content.endsWith('\\') && !hasComment) {
      whole.push(content.slice(0, -1));
      continue;
    }
    const entry = [...whole, content].join(' ');
    whole = [];
    if (isEmpty(entry)) continue;
    const requirement = readOne(entry, place);
    if (isLock && !isLocked(requirement)) {
      throw new RequirementComplaint(
        `${place}: ${show(entry)} has no pinned version with hashes, which a lock has for every package.`,
      );
    }
    requirements.push(requirement);
    if (requirements.length > MOST_REQUIREMENTS) {
      throw new RequirementComplaint(`${place}: more than ${MOST_REQUIREMENTS} requirements are not taken.`);
    }
  }
  if (whole.length > 0) throw new RequirementComplaint(`Line ${number}: it ends with "\\".`);
  return requirements;
}

function readOne(entry: string, place: string): Requirement {
  const fail = (reason: string): never => {
    throw new RequirementComplaint(`${place}: ${show(entry)} ${reason}.`);
  };
  const end = entry.indexOf('--hash');
  if ((end < 0 ? entry.length : end) > MOST_LENGTH) return fail(`is longer than ${MOST_LENGTH} characters`);
  if (entry.trimStart().startsWith('-')) return fail('is an option of pip; only requirements are taken');
  // pip and uv substitute variables, and those of the build jail hold the credentials of indexes.
  for (const mark of ['$', '\\'])
    if (entry.includes(mark)) return fail(`has ${quote(mark)}, which no requirement has`);
  try {
    const requirement = parseRequirement(entry);
    return requirement.hashes.length > MOST_HASHES
      ? fail(`has more than ${MOST_HASHES} hashes`)
      : requirement;
  } catch (error) {
    if (!(error instanceof RequirementComplaint)) throw error;
    return fail(error.message);
  }
}

function refuseControls(text: string, place: string): void {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isControl(code) || code === TAB) continue;
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    throw new RequirementComplaint(
      `${place}: the control or line character ${name} stands behind ${show(text.slice(0, at))}; no requirement has one.`,
    );
  }
}

/** Removes a comment, which begins with a `#` at the start of a line or after a blank, as in pip. */
function dropComment(line: string): { content: string; hasComment: boolean } {
  for (let at = line.indexOf('#'); at >= 0; at = line.indexOf('#', at + 1)) {
    if (at === 0 || line[at - 1] === ' ' || line[at - 1] === '\t')
      return { content: line.slice(0, at), hasComment: true };
  }
  return { content: line.trimEnd(), hasComment: false };
}

const isEmpty = (text: string): boolean => text.trim() === '';

const show = (entry: string): string => quote(entry.slice(0, 200).trim());
