import type { Fault } from '../fault.ts';
import { callerFaults } from './callers.ts';
import { diskFaults } from './disks.ts';
import { resourceFaults } from './resources.ts';
import { signalFaults } from './signals.ts';
import { startAndEndFaults } from './start-and-end.ts';
import { systemCallFaults } from './system-calls.ts';

export const allFaults: readonly Fault[] = [
  ...signalFaults,
  ...startAndEndFaults,
  ...resourceFaults,
  ...diskFaults,
  ...callerFaults,
  ...systemCallFaults,
];
