import { expect, it } from 'vitest';
import { JailFailure } from '../sandbox.ts';
import { findNsjail } from './binary.ts';

it.each(['./scripts/setup', '`npx brig setup`'])('advises %s where that brings it', (advised) => {
  const find = () => findNsjail('/nonexistent/nsjail', { advised });
  expect(find).toThrow(JailFailure);
  expect(find).toThrow(
    expect.objectContaining({ remedy: `Run ${advised}, put nsjail on PATH, or name it in BRIG_NSJAIL.` }),
  );
});
