import { quote } from '../../text/words.ts';
import { RequirementComplaint } from './complaint.ts';
import { createWordKind, type Scanner } from './scanner.ts';

/** Variables of PEP 508 that a marker compares. */
const variables = new Set([
  ...['os_name', 'sys_platform', 'platform_machine', 'platform_python_implementation', 'platform_release'],
  ...['platform_system', 'platform_version', 'python_version', 'python_full_version'],
  ...['implementation_name', 'implementation_version', 'extra'],
]);
/** Longer operators first, since each is tried in order. */
const comparisons = ['===', '==', '~=', '!=', '<=', '>=', '<', '>'] as const;

const wordPart = createWordKind('_');
/** A subset of PEP 508's strings: nothing that an installer, a shell or a line reader could interpret as more. */
const stringPart = createWordKind(' .,_+*!~^:/()<>=-');

const MOST_DEPTH = 20;

/**
 * Reads a marker, and returns it rebuilt from its parts.
 * @throws RequirementComplaint
 */
export function readMarker(scanner: Scanner, depth = 0): string {
  if (depth > MOST_DEPTH) throw new RequirementComplaint('has a marker that is nested too deeply');
  const terms = [readTerm(scanner, depth)];
  for (let word = readConnective(scanner); word !== ''; word = readConnective(scanner)) {
    terms.push(word, readTerm(scanner, depth));
  }
  return terms.join(' ');
}

/** Reads `and` or `or`; returns an empty string at the end of the marker. */
function readConnective(scanner: Scanner): string {
  scanner.skipSpace();
  const isWord = scanner.peek() === 'a' || scanner.peek() === 'o';
  const word = isWord ? scanner.readRun(wordPart) : '';
  if (word === '' || word === 'and' || word === 'or') return word;
  throw new RequirementComplaint(`has a marker with ${quote(word)} where "and" or "or" belongs`);
}

function readTerm(scanner: Scanner, depth: number): string {
  scanner.skipSpace();
  if (scanner.skip('(')) {
    const inner = readMarker(scanner, depth + 1);
    scanner.skipSpace();
    if (!scanner.skip(')')) throw new RequirementComplaint('has a marker without a ")" that belongs there');
    return `(${inner})`;
  }
  const left = readOperand(scanner);
  scanner.skipSpace();
  const operator = readOperator(scanner);
  scanner.skipSpace();
  const right = readOperand(scanner);
  if (isString(left) === isString(right)) {
    throw new RequirementComplaint('has a marker that does not compare a variable with a string');
  }
  return `${left} ${operator} ${right}`;
}

const isString = (operand: string): boolean => operand.startsWith('"');

function readOperand(scanner: Scanner): string {
  const mark = scanner.peek();
  if (mark !== '"' && mark !== "'") {
    const word = scanner.readRun(wordPart);
    if (variables.has(word)) return word;
    throw new RequirementComplaint(
      word === ''
        ? 'has a marker that is not complete'
        : `has a marker with ${quote(word)}, which is no variable of PEP 508`,
    );
  }
  scanner.skip(mark);
  const value = scanner.readRun(stringPart);
  if (!scanner.skip(mark)) {
    throw new RequirementComplaint(
      'has a marker with a string that has no end, or a character that is not taken',
    );
  }
  // pip looks for options after blanks before it looks for strings.
  if (value.includes(' -'))
    throw new RequirementComplaint('has a marker with a string that looks like options');
  return `"${value}"`;
}

function readOperator(scanner: Scanner): string {
  const comparison = comparisons.find((one) => scanner.skip(one));
  if (comparison !== undefined) return comparison;
  const word = scanner.readRun(wordPart);
  if (word === 'in') return 'in';
  if (word === 'not' && scanner.skipSpace() && scanner.readRun(wordPart) === 'in') return 'not in';
  throw new RequirementComplaint('has a marker without a comparison where one belongs');
}
