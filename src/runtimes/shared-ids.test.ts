import { describe, expect, it } from 'vitest';
import { describeSharedIds } from './shared-ids.ts';

describe('jails with the id of the service', () => {
  it('names the runtimes that are refused, and the remedy', () => {
    const [sentence, ...more] = describeSharedIds(['python', 'node', 'go', 'rust'], false);
    expect(sentence).toContain('refused: node, go.');
    expect(sentence).toContain('BRIG_SHARED_IDS=on');
    expect(more).toEqual([]);
  });

  it('says what was accepted', () => {
    expect(describeSharedIds(['python', 'bun'], true)).toEqual([
      "Jails have the service's own id, as BRIG_SHARED_IDS=on accepts: a script of bun can end the service.",
    ]);
  });

  it('says nothing where all runtimes that are offered do without epoll', () => {
    expect(describeSharedIds(['python', 'rust'], false)).toEqual([]);
  });
});
