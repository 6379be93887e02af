import { expect, it } from 'vitest';
import { reverse } from '../../attacks/python.ts';
import { describeInJail } from '../support/attack.ts';

describeInJail('attacks on the harness', (arena) => {
  it("walking the frames and the objects of the harness finds nothing of the host's", async () => {
    const lines = `
import gc, json
seen = [repr(o)[:2000] for o in gc.get_objects() if isinstance(o, (dict, list, tuple))]
frame, names = sys._getframe(), []
while frame:
    names += [frame.f_code.co_filename] + [repr(v)[:500] for v in frame.f_locals.values()]
    frame = frame.f_back
text = ' '.join(seen + names)
return [n[::-1] for n in args if n[::-1] in text]`;
    const secrets = [process.cwd(), process.env['HOME'] ?? '/root', '/var/lib/brig', 'nsjail'];
    const args = secrets.map(reverse);
    expect(await arena.attack(lines, { args })).toEqual([]);
  });

  it('changing the frames of the harness is the same as forging: the claim is its own', async () => {
    const script =
      'import sys\ndef main():\n    f = sys._getframe()\n    while f:\n        for k, v in list(f.f_globals.items()):\n            if k in ("encode", "failure", "send", "_write"): f.f_globals[k] = lambda *a: exit(9)\n        f = f.f_back\n    return 1';
    const body = await arena.run(script);
    expect(body.success || body.error === 'exited').toBe(true);
  });
});
