import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeInJail } from '../support/attack.ts';

const names = ['null', 'zero', 'full', 'random', 'urandom'];

describeInJail('device nodes', (arena) => {
  it('are a jail’s own: the files are other ones than the host’s, and than those of a jail beside it', async () => {
    const lines =
      "import time\nfound = [[os.stat('/dev/' + n).st_dev, os.stat('/dev/' + n).st_ino] for n in args[0]]\ntime.sleep(1)\nreturn found";
    const jails = await Promise.all([1, 2].map(() => arena.attack(lines, { args: [names] })));
    const host = names.map((name) => statSync(`/dev/${name}`)).map(({ dev, ino }) => [dev, ino]);
    const all = [...(jails as number[][][]), host].flat().map((pair) => pair.join(':'));
    expect(new Set(all).size).toBe(3 * names.length);
  });

  it('do what devices do, and are not changed', async () => {
    const lines = `
answers = [open('/dev/null').read(), open('/dev/zero', 'rb').read(2).hex(), len(open('/dev/urandom', 'rb').read(9)), len(open('/dev/random', 'rb').read(9))]
open('/dev/null', 'w').write('x')
def fill():
    with open('/dev/full', 'w', buffering=1) as file: file.write('x\\n')
return answers + [attempt(fill), attempt(os.chmod, '/dev/null', 0o600), attempt(os.unlink, '/dev/null')]`;
    expect(await arena.attack(lines)).toEqual([
      '',
      '0000',
      9,
      9,
      'ENOSPC',
      expect.stringMatching(/EPERM|EROFS/),
      'EROFS',
    ]);
  });

  it('a lock on one is seen by no other jail', async () => {
    const hold = `
import fcntl, time
file = open('/dev/null', 'w')
fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
time.sleep(1)
return 'ok'`;
    const [one, other] = await Promise.all([arena.attack(hold), arena.attack(hold)]);
    expect([one, other]).toEqual(['ok', 'ok']);
  });
});
