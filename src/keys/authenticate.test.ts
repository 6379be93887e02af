import { describe, expect, it } from 'vitest';
import { openKeys } from './open-keys.ts';

const KEY = 'the-key-of-a-setting';
const address = '192.0.2.1';

async function open() {
  const keys = await openKeys({ file: undefined, own: [{ name: 'ada', key: KEY }] });
  if (keys === undefined) throw new Error('there is a key');
  return keys;
}

describe('authenticate', () => {
  it('slows wrong keys down, and never a good one of the same address', async () => {
    const keys = await open();
    const reasons: (string | undefined)[] = [];
    for (let count = 0; count < 40; count += 1) {
      const { denial } = await keys.authenticate({ keys: [`wrong-${count}`], address }, ['execute']);
      reasons.push(denial?.reason);
      expect((await keys.authenticate({ keys: [KEY], address }, ['execute'])).caller?.key).toBe('ada');
    }
    expect(reasons.slice(0, 30)).toEqual(Array(30).fill('wrong_key'));
    expect(reasons.slice(30)).toEqual(Array(10).fill('too_many_wrong_keys'));
    const both = await keys.authenticate({ keys: ['wrong-again', KEY], address }, ['execute']);
    expect(both.caller?.key).toBe('ada');
  });

  it('says for how long to wait, tells the log once, and not of keys that nobody can guess', async () => {
    const keys = await open();
    const denials = [];
    for (let count = 0; count < 33; count += 1)
      denials.push((await keys.authenticate({ keys: ['wrong-key'], address }, [])).denial);
    expect(denials.at(-1)?.refusal).toMatchObject({ category: 'rate_limited', retryAfter: 60 });
    expect(denials.filter((denial) => denial?.isRepeated === true)).toHaveLength(2);
    const made = `brig_${'0'.repeat(12)}_${'A'.repeat(43)}`;
    for (const sent of [
      { keys: [made], address },
      { keys: ['wrong-key'], address: '192.0.2.2' },
    ])
      expect((await keys.authenticate(sent, [])).denial?.reason).toBe('wrong_key');
  });
});
