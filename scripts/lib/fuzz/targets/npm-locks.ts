import { NpmComplaint } from '../../../../src/core/validation/npm/complaint.ts';
import { toNpmProject } from '../../../../src/core/validation/npm/npm-project.ts';
import { must, type Target } from '../target.ts';

/** Locks and lists of npm. */
export const npmLocks: Target = {
  name: 'npm-locks',
  words: [
    ...[
      '{"dependencies":{',
      '"lockfileVersion":3',
      '"packages":{',
      '"":{',
      '"node_modules/a":{',
      '"version":"1.0.0"',
    ],
    ...[
      '"resolved":"https://a/a/-/a-1.0.0.tgz"',
      '"integrity":"sha512-',
      '"link":true',
      '"name":"b"',
      'git+ssh://',
      'file:',
    ],
    ...['npm:', '@a/b', '^1', '{', '}', ',', ':', '"', '__proto__', '\\u0000', '\n', 'A'.repeat(86), '=='],
  ],
  budget: { fixed: 100, perKiB: 10 },
  open: () => ({
    run: (input) => {
      const text = input.toString('utf8');
      for (const order of [{ lock: text }, { requirements: text }, { packages: text.split('\n') }]) {
        try {
          const { manifest, lock = '{}' } = toNpmProject(order);
          must(!/git\+|file:|link:/.test(manifest + lock), 'npm gets an address');
          JSON.parse(manifest);
          JSON.parse(lock);
        } catch (error) {
          if (!(error instanceof NpmComplaint)) throw error;
        }
      }
    },
  }),
};
