import { describe, expect, it } from 'vitest';
import { complainAboutRoot, isWithin } from './allowed-root.ts';

describe('the path of a directory in a jail', () => {
  it.each(['/sandbox/work', '/tmp', '/work', '/opt/mine', '/etc/mine', '/usrlocal', '/home/a b/ü'])(
    'can be %j',
    (path) => {
      expect(complainAboutRoot(path)).toBeUndefined();
    },
  );

  it.each([
    ['/', 'the whole root'],
    ['/usr', "/usr is the jail's own"],
    ['/usr/lib/x', "/usr is the jail's own"],
    ['/dev/shm', "/dev is the jail's own"],
    ['/etc/passwd', "/etc/passwd is the jail's own"],
    ['/etc', 'files of its own'],
    ['/a:b', 'a character'],
    ['/a\nb', 'a character'],
    ['/a\ud800', 'a character'],
    [`/${'x'.repeat(2000)}`, 'too long'],
    ['/x'.repeat(50), 'too long'],
  ])('cannot be %j', (path, reason) => {
    expect(complainAboutRoot(path)).toContain(reason);
  });

  it('is within itself and its parents', () => {
    expect([
      isWithin('/a', '/a'),
      isWithin('/a/b', '/a'),
      isWithin('/ab', '/a'),
      isWithin('/a', '/'),
    ]).toEqual([true, true, false, true]);
  });
});
