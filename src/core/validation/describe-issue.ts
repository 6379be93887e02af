import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Describes all issues of a schema, each with its place: `ceilings.memory_mb: must be at least 16`. */
export const describeIssues = (issues: readonly Issue[]): string => issues.map(describeAt).join('; ');

function describeAt(issue: Issue): string {
  const place = issue.path.map(String).join('.');
  const complaint = describeIssue(issue);
  if (place !== '') return `${place}: ${complaint}`;
  return complaint.startsWith('must ') ? `it ${complaint}` : complaint;
}

/** Describes an issue of a schema in words that follow the name of the value. */
export function describeIssue(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${nameKind(issue.expected)}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty';
      return `must be ${issue.inclusive === true ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'array') return `must have at most ${issue.maximum} elements`;
      return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`;
    case 'invalid_value':
      return `must be ${issue.values.map(nameValue).join(' or ')}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return issue.message;
  }
}

function nameKind(expected: string): string {
  if (expected === 'int') return 'an integer';
  return `${/^[aeiou]/.test(expected) ? 'an' : 'a'} ${expected}`;
}

const nameValue = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));
