import { describe, expect, it } from 'vitest';
import { complainAboutRequirements } from './requirements.ts';

const hash = `--hash=sha256:${'0'.repeat(64)}`;

describe('complainAboutRequirements', () => {
  it.each([
    'six',
    'six==1.17.0',
    'attrs >=25, <26 # a comment',
    'requests[socks,security]~=2.32',
    'numpy==2.4.6 ; python_full_version < "3.12"',
    '# nothing else',
    '',
  ])('takes %s', (line) => expect(complainAboutRequirements([line], false)).toBeUndefined());

  it.each([
    '-r other.txt',
    '--index-url https://evil.invalid',
    '-e .',
    'six @ https://evil.invalid/six.whl',
    'https://evil.invalid/six.whl',
    'git+https://evil.invalid/six',
    './six.whl',
    '/tmp/six.whl',
    'file:six.whl',
    'six --config-settings=x',
    'six; -r other',
    '$(id)',
  ])('refuses %s', (line) => expect(complainAboutRequirements([line], false)).toMatch(/^Line 1: /));

  it('reads lines that go on, and wants versions and hashes in a lock', () => {
    expect(
      complainAboutRequirements(['six==1.17.0 \\', `    ${hash} \\`, `    ${hash}`], true),
    ).toBeUndefined();
    expect(complainAboutRequirements(['six==1.17.0'], true)).toMatch(/pinned version with hashes/);
    expect(complainAboutRequirements([`six>=1 ${hash}`], true)).toMatch(/pinned version with hashes/);
    expect(complainAboutRequirements(['six \\', '--index-url x'], false)).toMatch(/^Line 2: /);
    expect(complainAboutRequirements(['six \\'], false)).toMatch(/ends with/);
  });
});
