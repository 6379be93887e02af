import { RequirementComplaint } from '../../../../src/core/validation/requirements/complaint.ts';
import {
  readRequirementFile,
  writeRequirementFile,
} from '../../../../src/core/validation/requirements/read-requirements.ts';
import { must, type Target } from '../target.ts';

/** Files of requirements, as callers send them and installers get them. */
export const requirements: Target = {
  name: 'requirements',
  words: [
    ...[
      'six',
      '==1.0',
      '~=2',
      ';',
      ' python_version > "3"',
      "sys_platform == 'linux'",
      ' and ',
      ' or ',
      '(',
      ')',
      '[a,b]',
    ],
    ...[
      '--hash=sha256:',
      '0123456789abcdef',
      '\\\n',
      '\n',
      '\r',
      '#',
      '--index-url http://a',
      '${A}',
      '@ file:///',
      '-e .',
    ],
    ...['\u0085', '\u2028', ' ', '\t', ',', '*', '<', '>', '!=', '"', "'", 'extra', ' in ', ' not in '],
  ],
  budget: { fixed: 100, perKiB: 10 },
  open: () => ({
    run: (input) => {
      for (const isLock of [false, true]) {
        const written = attempt(() =>
          writeRequirementFile(readRequirementFile(input.toString('utf8'), isLock)),
        );
        if (written === undefined) continue;
        must(
          !/[^\n\x20-\x7e]|\$|^\s*-|\\/m.test(written),
          `an installer gets ${JSON.stringify(written.slice(0, 200))}`,
        );
        // Reading the written text returns the parts that it was made of.
        must(
          writeRequirementFile(readRequirementFile(written, isLock)) === written,
          'a file is not what it was',
        );
      }
    },
  }),
};

function attempt(work: () => string): string | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RequirementComplaint) return undefined;
    throw error;
  }
}
