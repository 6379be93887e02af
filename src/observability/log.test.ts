import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

describe('createLogger', () => {
  it('fails nothing where the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const logger = await createLogger({ level: 'info', fd: full });
    for (let count = 0; count < 3; count += 1) expect(() => logger.info('lost')).not.toThrow();
    closeSync(full);
  });
});
