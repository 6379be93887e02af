import type { Fault } from '../fault.ts';
import { callerFaults } from './callers.ts';
import { cgroupFaults } from './cgroups.ts';
import { clockFaults } from './clocks.ts';
import { diskFaults } from './disks.ts';
import { hostFaults } from './hosts.ts';
import { resourceFaults } from './resources.ts';
import { signalFaults } from './signals.ts';
import { startAndEndFaults } from './start-and-end.ts';
import { systemCallFaults } from './system-calls.ts';

export const allFaults: readonly Fault[] = [
  ...signalFaults,
  ...startAndEndFaults,
  ...resourceFaults,
  ...hostFaults,
  ...cgroupFaults,
  ...clockFaults,
  ...diskFaults,
  ...callerFaults,
  ...systemCallFaults,
];
